using System.Security.Cryptography;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;

namespace Migrations.Engine.Rehearsal;

/// <summary>Holds a report against what is about to run: this text, this major, this schema.</summary>
/// <param name="path">As the reader of a refusal knows it.</param>
public sealed class ReportFit(RehearsalReport report, string path)
{
    /// <summary>Lower hex SHA-256 of the file; null for a report that was not read from one.</summary>
    public string? Hash { get; private init; }

    private const string Again = "Run Test-Migration -OutFile again for this target, and give its new report.";

    public RehearsalReport Report => report;

    /// <summary>From the .json file of Test-Migration -OutFile.</summary>
    /// <exception cref="EngineException">ReportNotReadable.</exception>
    public static ReportFit Read(string path)
    {
        var report = JsonReport.Read(path);
        return new ReportFit(report, path) { Hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) };
    }

    /// <summary>What the report says of the script; null when it says nothing of it.</summary>
    public MigrationReport? Find(string script) => report.Scripts.FirstOrDefault(known => known.Name == script);

    /// <summary>Null when it is about this very text.</summary>
    /// <param name="major">Of the target; null when there is none.</param>
    public ReportMisfit? OfScript(string script, string exactHash, int? major)
    {
        if (Find(script) is not { } known) return new ReportMisfit("ReportMissing", script, $"{path} says nothing of it.", Again);
        if (known.ExactHash != exactHash) return new ReportMisfit("ReportOfOtherText", script, $"its text has changed since it was rehearsed for {path}.", Again);
        if (known.ServerVersion is null) return new ReportMisfit("ReportFailed", script, $"{path} has read its text only, and it was not rehearsed.", "Run Test-Migration without -Static.");
        if (major is not null && known.ServerVersion.Split('.')[0] != $"{major}")
            return new ReportMisfit("ReportOfOtherMajor", script, $"it was rehearsed on PostgreSQL {known.ServerVersion}, and this is {major}.", "Rehearse it on the target's major.");
        return null;
    }

    /// <summary>
    /// Null when the target has the schema that the rehearsal knew. Behind scripts of the same report that have run since, it is the one that the next of
    /// them found. It is read in a session beside that of the run, which must not break, nor be waited for. A script that was let in before and stopped half way goes on: what it has done already no rehearsal has met.
    /// </summary>
    public async Task<ReportMisfit?> OfSchemaAsync(MigrationPlan plan, Database database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(database);
        if (plan.Scripts is not [var next, ..] || next.DoneSegments.Count > 0 || next.Past.Count > 0) return null;
        var schema = (await new CatalogFileSource(database).ReadAsync(new CatalogSelection([plan.Request.History.Name]), cancellationToken)).Snapshot.Fingerprint;
        return (report.Scripts is [var first, ..] && first.TargetSchema == schema) || Find(next.Name)?.SchemaBefore == schema
            ? null
            : new ReportMisfit("ReportOfOtherSchema", null, $"the schema of {plan.Target.Database} is not the one that {path} was made for.", Again);
    }
}
