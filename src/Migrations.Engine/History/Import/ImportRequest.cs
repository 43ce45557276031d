namespace Migrations.Engine.History;

/// <summary>Which tool's history to take over, and how strictly.</summary>
public sealed record ImportRequest
{
    /// <summary>Null: whichever is there, as long as it is one.</summary>
    public HistoryTool? From { get; init; }

    /// <summary>Its table as SQL would write it, when the name is not the usual one or not the only one.</summary>
    public string? Table { get; init; }

    /// <summary>Take a script over although its file is not what the tool ran, and record that.</summary>
    public bool AllowMismatch { get; init; }
}
