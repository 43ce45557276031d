namespace Migrations.Engine.Scripts;

/// <summary>The first thing wrong with the form of a script: what it is, and where it began.</summary>
/// <param name="Start">Offset in the text of the script.</param>
/// <param name="Line">1-based line of that offset.</param>
/// <param name="Column">1-based column of that offset.</param>
public sealed record ScriptFault(ScriptFaultKind Kind, int Start, int Line, int Column)
{
    /// <summary>One sentence without the place.</summary>
    public string Message => Kind switch
    {
        ScriptFaultKind.OpenString => "The string that begins here has no closing quote.",
        ScriptFaultKind.OpenQuotedIdentifier => "The quoted identifier that begins here has no closing quote.",
        ScriptFaultKind.OpenDollarString => "The dollar-quoted string that begins here is not closed by the same tag.",
        ScriptFaultKind.OpenBlockComment => "The comment that begins here has no closing */ (comments nest).",
        ScriptFaultKind.OpenParenthesis => "The parenthesis that opens here is not closed.",
        ScriptFaultKind.OpenRoutineBody => "The BEGIN here opens a routine's body that no END closes.",
        ScriptFaultKind.OpenCopyData => "The rows of the COPY … FROM STDIN here go on to the end of the script: the line \\. is missing.",
        ScriptFaultKind.SplitByCopyData => "What begins here, on the line of a COPY … FROM STDIN, would go on behind the rows; it has to end on that line.",
        ScriptFaultKind.CompoundCopy => "The COPY … FROM STDIN in this message is joined to another command with \\;.",
        ScriptFaultKind.NulCharacter => "The character U+0000 cannot be part of a script.",
        _ => throw new InvalidOperationException($"No message for {Kind}."),
    };
}
