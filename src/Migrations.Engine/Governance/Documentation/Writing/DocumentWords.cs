using System.Globalization;
using Migrations.Engine.Migrate;

namespace Migrations.Engine.Governance;

/// <summary>What both forms of a document say in the same words.</summary>
internal static class DocumentWords
{
    public const string NothingAsked = "This describes what the scripts build in an empty database. No database was asked, so whether a script has run is not known.";

    public const string NoHistory = "This database has no history of scripts, so whether a script has run is not known.";

    public static string Time(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Took(TimeSpan took) => took switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(took.TotalMilliseconds))} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{took.Minutes} min {took.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)took.TotalHours} h {took.Minutes} min"),
    };

    public static string State(MigrationState? state) => state switch
    {
        null => "not asked",
        MigrationState.OutOfOrder => "pending, out of order",
        var known => known.Value.ToString().ToLowerInvariant(),
    };

    /// <summary>What the word does not say by itself; null when it does.</summary>
    public static string? Explain(MigrationState? state) => state switch
    {
        MigrationState.Changed => "It ran, and its file means something else now: what it does may be told otherwise here than it was done.",
        MigrationState.Missing => "It ran, and its file is gone.",
        MigrationState.Replaced => "It ran, and a checkpoint stands for its file.",
        MigrationState.Failed => "Its last attempt failed or never ended; Get-Migration says how.",
        MigrationState.Pending => "It has not run here: what it makes is not in this document.",
        MigrationState.OutOfOrder => "It has not run here, and a higher version has: what it makes is not in this document.",
        _ => null,
    };

    /// <summary>The way back.</summary>
    public static string? Back(DocumentedScript script) => script switch
    {
        { Irreversible: { } reason } => $"none: {reason}",
        { HasDown: true } => "down section",
        { HasDown: false, Kind: Scripts.ScriptKind.Versioned } => "none: no down section",
        _ => null,
    };

    /// <summary>How many scripts are where.</summary>
    public static string Standing(MigrationDocument document) => document.Scripts.Count == 0 ? "none" : !document.IsStatusKnown
        ? document.Scripts.Count.ToString(CultureInfo.InvariantCulture)
        : string.Join(", ", document.Scripts.GroupBy(script => script.State!.Value).OrderBy(group => group.Key).Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {State(group.Key)}")));

    public static string Count(int count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");

    public static string NameOf(DocumentedScript script) => script.Version.Length > 0 ? $"{script.Version} {script.Title}" : script.Title;

    /// <summary>Head of the document: what, where, as of when, whom to ask.</summary>
    public static IEnumerable<(string Label, string Text)> Head(MigrationDocument document)
    {
        if (document.Database is { } database) yield return ("Database", database);
        yield return (document.Source == DocumentSource.Database ? "Server" : "Built on", $"PostgreSQL {document.ServerMajor}");
        if (document.Environment is { } environment) yield return ("Environment", environment);
        yield return ("Scripts", Standing(document));
        if (document.AsOf is { } at) yield return ("Last change on record", Time(at));
        yield return ("Tables", string.Create(CultureInfo.InvariantCulture, $"{document.Schemas.Sum(schema => schema.Tables.Count)} in {Count(document.Schemas.Count(schema => schema.Tables.Count > 0), "schema")}"));
        if (document.Contact is { } contact) yield return ("Contact", contact);
        yield return ("Fingerprint of the schema", document.Fingerprint);
    }

    public static string Reference(DocumentedForeignKey key) => $"({string.Join(", ", key.TargetColumns)})";

    /// <summary>On delete and the like, whether older rows may break it, and whether it may be empty.</summary>
    public static string Rules(DocumentedForeignKey key) => string.Join("; ", new[]
    {
        key.Rules.ToLowerInvariant(), key.IsValidated ? "" : "not validated: older rows may break it", key.IsOptional ? "may be empty" : "", key.IsOneToOne ? "at most one row" : "",
    }.Where(rule => rule.Length > 0));
}
