namespace Migrations.Engine.History;

/// <summary>Where the claim comes from that a script is in the database although this module did not run it. Kept with its history row.</summary>
public sealed record TakenOver
{
    /// <summary>What the person who set the baseline said.</summary>
    public string? Reason { get; init; }

    /// <summary>For a baseline: whether the database was compared with what the scripts build; null for what another tool ran.</summary>
    public bool? Verified { get; init; }

    /// <summary>The tool that ran it.</summary>
    public string? Tool { get; init; }

    /// <summary>Schema and table of that tool's history.</summary>
    public string? Table { get; init; }

    /// <summary>What the tool calls it: a version, a revision, a change set.</summary>
    public string? OriginalId { get; init; }

    /// <summary>ISO 8601. It ends with Z when the tool kept a moment, and has no zone when the tool kept none.</summary>
    public string? OriginalTime { get; init; }

    public string? OriginalAuthor { get; init; }

    /// <summary>Whether the file is what the tool ran: Same, Differs (and taken over all the same); null when the tool kept nothing to tell by.</summary>
    public string? Content { get; init; }

    /// <summary>What it depends on, in the tool's words.</summary>
    public IReadOnlyList<string>? Requires { get; init; }

    /// <summary>For a person.</summary>
    public string Message =>
        Tool is null
            ? "Taken over without being run" + (Verified == false ? ", not verified" : "") + (Reason is null ? "." : $": {Reason}")
            : $"Taken over without being run: {Tool} has it as {OriginalId}"
              + (OriginalTime is null ? "" : $", applied {OriginalTime.Replace('T', ' ')}")
              + (OriginalAuthor is null ? "" : $" by {OriginalAuthor}") + ".";
}
