using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>One script of a project as its files have it, with no database asked: what Get-Migration -Offline writes.</summary>
public sealed record OfflineScript
{
    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Versioned or Repeatable.</summary>
    public required ScriptKind Kind { get; init; }

    /// <summary>Of its up section.</summary>
    public required int Statements { get; init; }

    /// <summary>All of it or nothing.</summary>
    public required bool IsAtomic { get; init; }

    /// <summary>Whether it has a way back.</summary>
    public required bool HasDown { get; init; }

    public string? Irreversible { get; init; }

    public IReadOnlyList<string> Requires { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Author { get; init; }

    public string? Ticket { get; init; }

    public required string ExactHash { get; init; }

    public required string TokenHash { get; init; }

    /// <summary>Relative to the project, with forward slashes.</summary>
    public required string Path { get; init; }
}
