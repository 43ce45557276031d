using System.Globalization;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Drafts the first script of a project from a database that was there before: its whole schema, as pg_dump writes it.</summary>
public sealed class SchemaDraft(Database database, IActivity activity, TimeProvider clock)
{
    public const string Version = "001";

    /// <summary>Relative to the project, with forward slashes.</summary>
    public const string RelativePath = "versions/001_baseline.sql";

    private const string Mapping = "CREATE USER MAPPING";

    /// <summary>Where the draft goes.</summary>
    /// <exception cref="EngineException">ProjectNotEmpty: it would not be the first script.</exception>
    public static string PathIn(string folder)
    {
        var versions = Path.Combine(Path.GetFullPath(folder), ProjectFolder.VersionsName);
        var there = Directory.Exists(versions) ? Directory.EnumerateFiles(versions, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        return there is null
            ? Path.GetFullPath(Path.Combine(folder, RelativePath))
            : throw new EngineException("ProjectNotEmpty", FailureKind.Conflict,
                $"{versions} holds scripts already ({Path.GetFileName(there)}), and a draft of the whole schema has to be the first. Nothing was written.",
                "Draft into another folder, or take over what these scripts have built with Set-MigrationBaseline.", there);
    }

    /// <summary>The text of the script. The server is read as pg_dump reads it, and not changed.</summary>
    /// <param name="own">The history schema, which is left out.</param>
    /// <exception cref="EngineException">PgDumpNotFound, PgDumpFailed, and those of a connection.</exception>
    public async Task<string> ReadAsync(HistorySchema own, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(own);
        await using var session = await database.OpenAsync(cancellationToken);
        var program = await DumpProgram.FindAsync(session.Server.Major, cancellationToken);
        activity.Detail($"Reading the schema with {program.FullPath} ({program.Version}).");
        var environment = await ChildConnection.OfAsync(session, database.Options, activity.Warn, cancellationToken);
        // Subscriptions are left out: their connection text holds a password. A name in quotes is no pattern.
        var dump = await program.RunAsync(
            [
                "--schema-only", "--no-owner", "--no-subscriptions", "--no-password", "--encoding=UTF8", "--lock-wait-timeout=10s",
                $"--exclude-schema={own.Quoted}",
            ],
            environment, session.Secrets, cancellationToken);
        return Header(session, program) + WithoutMappings(DumpText.ForOlderServers(dump)) + "\n";
    }

    private string Header(Session session, DumpProgram program) =>
        $"""
        -- migration: Baseline of {OnOneLine(session.Server.Database)}
        -- description: The schema of {OnOneLine(session.Server.Database)} on {OnOneLine(session.Address.ToString())} (PostgreSQL {session.Server.Version.Split(' ')[0]}), read with pg_dump {program.Version} on {clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC. Roles that it grants to have to exist.
        -- irreversible: it is what was there before the first script
        -- line-ends: keep


        """.ReplaceLineEndings("\n");

    private static string OnOneLine(string text) => text.ReplaceLineEndings(" ");

    /// <summary>The options of a user mapping hold passwords, and a script goes into a repository.</summary>
    private string WithoutMappings(string dump)
    {
        if (!dump.Contains(Mapping, StringComparison.Ordinal)) return dump;
        return DumpText.Rewrite(dump, statement =>
        {
            if (!statement.StartsWith(Mapping, StringComparison.Ordinal)) return null;
            var options = statement.IndexOf(" OPTIONS (", StringComparison.Ordinal);
            var what = OnOneLine(options < 0 ? statement : statement[..options]);
            activity.Warn($"Left out of the draft, because its options may hold a password: {what}.");
            return "-- Left out, because its options may hold a password: " + what;
        });
    }
}
