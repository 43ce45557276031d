namespace Migrations.Engine.Rehearsal;

/// <summary>All that one rehearsal found, as it is written to a file.</summary>
/// <param name="Target">What the reports are about, as a person would name it; null when there was no target.</param>
/// <param name="At">UTC.</param>
/// <param name="Module">The version of this module.</param>
public sealed record RehearsalReport(string? Target, DateTimeOffset At, string Module, IReadOnlyList<MigrationReport> Scripts)
{
    /// <summary>The layout of the JSON file.</summary>
    public int Format { get; init; } = Current;

    internal const int Current = 2;
}
