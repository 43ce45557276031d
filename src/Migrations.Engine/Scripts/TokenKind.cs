using System.Diagnostics.CodeAnalysis;

namespace Migrations.Engine.Scripts;

/// <summary>What a <see cref="Token"/> is, in the terms of psql's scanner (<c>psqlscan.l</c>).</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "A string of SQL is what it is.")]
public enum TokenKind
{
    /// <summary>Spaces and line ends: blank, tab, LF, CR, FF.</summary>
    Whitespace,

    /// <summary><c>-- …</c> up to, not including, the line end.</summary>
    LineComment,

    /// <summary><c>/* … */</c>, nested ones included.</summary>
    BlockComment,

    /// <summary>An unquoted identifier or keyword.</summary>
    Word,

    /// <summary><c>"…"</c> or <c>U&amp;"…"</c>.</summary>
    QuotedIdentifier,

    /// <summary><c>'…'</c>, <c>E'…'</c>, <c>N'…'</c> or <c>U&amp;'…'</c>; a continuation on the next line is a token of its own.</summary>
    String,

    /// <summary><c>$tag$ … $tag$</c>.</summary>
    DollarString,

    /// <summary><c>B'…'</c> or <c>X'…'</c>.</summary>
    BitString,

    Number,

    /// <summary><c>$1</c>.</summary>
    Parameter,

    /// <summary>A psql variable: <c>:name</c>, <c>:'name'</c>, <c>:"name"</c>, <c>:{?name}</c>. It is plain text when nobody declared the name.</summary>
    Variable,

    /// <summary>An operator, and also <c>::</c>, <c>:=</c>, <c>:</c> and <c>..</c>.</summary>
    Operator,

    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Comma,
    Dot,
    Semicolon,

    /// <summary><c>\;</c>: psql sends <c>;</c> without ending the statement.</summary>
    EscapedSemicolon,

    /// <summary><c>\:</c>: psql sends <c>:</c>.</summary>
    EscapedColon,

    /// <summary>A backslash command with its arguments, to the line end or the closing <c>\\</c>.</summary>
    MetaCommand,

    /// <summary>The rows under a <c>COPY … FROM STDIN</c>, with the line <c>\.</c> but not the line end after it.</summary>
    CopyData,

    /// <summary>A character without a meaning of its own, such as a lone <c>$</c>; the server decides about it.</summary>
    Other,
}
