using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>Takes secrets out of a report: a script may put the value of a secret variable into the catalog, where it is seen.</summary>
internal static class ReportMask
{
    public static MigrationReport Apply(MigrationReport report, SecretMask secrets) => secrets.IsEmpty ? report : report with
    {
        Error = report.Error is null ? null : report.Error with { Message = secrets.Apply(report.Error.Message) },
        Proofs = [.. report.Proofs.Select(proof => proof with { Reason = secrets.Apply(proof.Reason), Differences = Masked(proof.Differences, secrets) })],
        Statements = [.. report.Statements.Select(statement => statement with { Changes = Masked(statement.Changes, secrets) })],
        Probes = [.. report.Probes.Select(probe => probe with { Message = secrets.Apply(probe.Message), Offender = probe.Offender is null ? null : secrets.Apply(probe.Offender) })],
        Findings = [.. report.Findings.Select(finding => finding with { Message = secrets.Apply(finding.Message), Rewrite = secrets.Apply(finding.Rewrite) })],
        Notes = [.. report.Notes.Select(secrets.Apply)],
        Case = null,
    };

    private static IReadOnlyList<CatalogDifference> Masked(IReadOnlyList<CatalogDifference> differences, SecretMask secrets) =>
    [
        .. differences.Select(difference => difference with
        {
            Properties = [.. difference.Properties.Select(property => property with
            {
                Before = property.Before is null ? null : secrets.Apply(property.Before),
                After = property.After is null ? null : secrets.Apply(property.After),
            })],
        }),
    ];
}
