namespace Migrations.Engine.Scripts;

/// <summary>What <c>migrations.json</c> says; every value has a default, and so the file is optional.</summary>
public sealed record ProjectSettings
{
    public const string FileName = "migrations.json";

    public static ProjectSettings Default { get; } = new();

    /// <summary>For editors: where the JSON schema of the file is.</summary>
    public string? JsonSchema { get; init; }

    /// <summary>The schema that holds the module's own tables.</summary>
    public string HistorySchema { get; init; } = "migrations";

    /// <summary>Null: as the newest script does.</summary>
    public ScriptNaming? Naming { get; init; }

    /// <summary>The stamp that a database must carry; null: any.</summary>
    public string? Environment { get; init; }

    /// <summary>Whom an error tells its reader to ask.</summary>
    public string? Contact { get; init; }

    /// <summary>The file to which each run adds what the audit chain ends with, from the project's folder; null: none.</summary>
    public string? AnchorPath { get; init; }

    /// <summary>For each lock that a statement waits for.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Zero: no limit.</summary>
    public TimeSpan StatementTimeout { get; init; }

    /// <summary>How often a segment is tried when it cannot get its locks.</summary>
    public int LockAttempts { get; init; } = 10;

    /// <summary>How long a run waits for another run on the same database.</summary>
    public TimeSpan RunTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Values of <c>:name</c> in the scripts; those of the command line win.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}
