namespace Migrations.Engine.Scripts;

/// <summary>One statement of a section, ready to be sent, with the way back to where it was written.</summary>
public sealed class ScriptStep
{
    private readonly ComposedText _section;
    private readonly SentText _sent;
    private readonly int _start;
    private readonly TokenRange? _code;

    /// <param name="start">Of the first character that is code, in the section.</param>
    /// <param name="code">The tokens of the source; null for a backslash command, which is one.</param>
    internal ScriptStep(int number, ComposedText section, SentText sent, string sourceText, int start, TokenRange? code, StatementFacts facts, CopySource? data)
    {
        Number = number;
        _section = section;
        _sent = sent;
        _code = code;
        _start = start;
        SourceText = sourceText;
        Facts = facts;
        Data = data;
    }

    /// <summary>From 1, within the section.</summary>
    public int Number { get; }

    /// <summary>What goes to the server. It may hold the value of a secret variable: mask it before it is shown.</summary>
    public string Text => _sent.Text;

    /// <summary>What the author wrote, variables unreplaced; this one may be stored and shown.</summary>
    public string SourceText { get; }

    /// <summary>Where the statement begins.</summary>
    public SourcePosition Position => _section.At(_start);

    public StatementFacts Facts { get; }

    /// <summary>As a question it passes when its rows say true; else when it does not fail.</summary>
    public bool MustBeTrue { get; init; } = true;

    /// <summary>The rows of a COPY; null for every other statement. With rows, the text goes through the COPY API.</summary>
    public CopySource? Data { get; }

    /// <summary>SHA-256 over the code of <see cref="SourceText"/>, without comments and white space: the step's identity when a run is resumed.</summary>
    public string TokenHash => _code is null ? TokenHasher.HashOf(SourceText) : TokenHasher.HashOf(_section.Text, _code);

    /// <summary>The place in the files of a position in <see cref="Text"/>, as a server's error names it: characters, from 1.</summary>
    public SourcePosition Locate(int position) => _section.At(_sent.ToSource(_sent.OffsetOf(position)));

    /// <summary>The place of a row, in the script or in its data file, as <c>COPY t, line 3</c> names it: from 1. Null when there is none.</summary>
    public SourcePosition? LocateRow(int row)
    {
        if (Data is { ShownPath: { } file } data) return new SourcePosition(file, row, 1, data.LineOf(row));
        if (Data?.Start is not { } at) return null;
        for (; row > 1 && _section.Text.IndexOf('\n', at) is >= 0 and var end; row--) at = end + 1;
        return _section.At(at);
    }

    public override string ToString() => $"{Number}. {Facts.Verb} ({Position})";
}
