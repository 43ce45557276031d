using System.Globalization;

namespace Migrations.Engine.History;

/// <summary>One thing that another tool ran, in the words of that tool.</summary>
internal sealed record ForeignEntry
{
    /// <summary>What the tool calls it; unique in its history.</summary>
    public required string Id { get; init; }

    /// <summary>The number by which a file of ours is found; null when the tool does not number.</summary>
    public string? Version { get; init; }

    /// <summary>Names that a file of ours may have, without folder and ending, the likeliest first.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>In words; compared with ours when there is nothing better to tell by.</summary>
    public string? Title { get; init; }

    /// <summary>The file of the tool.</summary>
    public string? File { get; init; }

    /// <summary>As the server gave it: of kind UTC for a moment, unspecified when the tool kept no zone.</summary>
    public DateTime? At { get; init; }

    public string? Author { get; init; }

    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>Stands for every lower version too.</summary>
    public bool CoversBelow { get; init; }

    public bool IsRepeatable { get; init; }

    /// <summary>One of several that a file may hold (Liquibase's change sets).</summary>
    public bool IsPartOfFile { get; init; }

    /// <summary>Finds its file by what is in it, whatever the file is called.</summary>
    public bool IsFoundByContent { get; init; }

    /// <summary>Whether a file with these bytes is what the tool ran; null when it kept nothing to tell by.</summary>
    public Func<byte[], bool>? IsSame { get; init; }

    /// <summary>Why it did not end well; null when it did.</summary>
    public string? Fault { get; init; }

    /// <summary>ISO 8601.</summary>
    public string? Time => At?.ToString(At.Value.Kind == DateTimeKind.Utc ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
