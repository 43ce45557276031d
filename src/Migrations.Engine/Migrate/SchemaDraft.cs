using System.Globalization;
using System.Text;
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
        return Header(session, program) + WithoutMappings(ForOlderServers(dump)) + "\n";
    }

    private string Header(Session session, DumpProgram program) =>
        $"""
        -- migration: Baseline of {OnOneLine(session.Server.Database)}
        -- description: The schema of {OnOneLine(session.Server.Database)} on {OnOneLine(session.Address.ToString())} (PostgreSQL {session.Server.Version.Split(' ')[0]}), read with pg_dump {program.Version} on {clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC. Roles that it grants to have to exist.
        -- irreversible: it is what was there before the first script
        -- line-ends: keep


        """.ReplaceLineEndings("\n");

    private static string OnOneLine(string text) => text.ReplaceLineEndings(" ");

    /// <summary>pg_dump 17 sets a parameter that older servers do not know, to its default.</summary>
    private static string ForOlderServers(string dump)
    {
        const string setting = "\nSET transaction_timeout = 0;\n";
        var at = dump.IndexOf(setting, StringComparison.Ordinal);
        return at >= 0 && at < dump.IndexOf("\nSET client_encoding", StringComparison.Ordinal) ? dump.Remove(at, setting.Length - 1) : dump;
    }

    /// <summary>The options of a user mapping hold passwords, and a script goes into a repository.</summary>
    private string WithoutMappings(string dump)
    {
        if (!dump.Contains(Mapping, StringComparison.Ordinal)) return dump;
        var text = new StringBuilder();
        var end = 0;
        foreach (var statement in StatementSplitter.Split(dump).Elements.OfType<SqlStatement>())
        {
            var body = dump.AsSpan(statement.Start, statement.Length);
            if (!body.StartsWith(Mapping, StringComparison.Ordinal)) continue;
            var options = body.IndexOf(" OPTIONS (", StringComparison.Ordinal);
            var what = OnOneLine((options < 0 ? body : body[..options]).ToString());
            text.Append(dump, end, statement.Start - end).Append("-- Left out, because its options may hold a password: ").Append(what);
            end = statement.Start + statement.Length;
            activity.Warn($"Left out of the draft, because its options may hold a password: {what}.");
        }

        return text.Append(dump, end, dump.Length - end).ToString();
    }
}
