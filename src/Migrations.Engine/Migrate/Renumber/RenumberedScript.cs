namespace Migrations.Engine.Migrate;

/// <summary>One script that gets another number: what New-Migration -Renumber writes, and its -WhatIf.</summary>
public sealed record RenumberedScript
{
    public required string OldVersion { get; init; }

    public required string Version { get; init; }

    public required string OldName { get; init; }

    public required string Name { get; init; }

    /// <summary>Of the file with the up section, to the project, with forward slashes.</summary>
    public required string OldPath { get; init; }

    public required string Path { get; init; }

    /// <summary>Why it moves.</summary>
    public required string Reason { get; init; }

    /// <summary>Files whose <c>requires</c> names it and is corrected, by their old paths.</summary>
    public required IReadOnlyList<string> RequiredBy { get; init; }
}
