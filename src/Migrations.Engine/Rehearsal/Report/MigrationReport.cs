using System.Text.Json.Serialization;
using Migrations.Engine.Catalog;

namespace Migrations.Engine.Rehearsal;

/// <summary>What a rehearsal found of one script: bound to the text, to the schema it began from and to the major it ran on.</summary>
public sealed record MigrationReport
{
    /// <summary>Empty for a repeatable.</summary>
    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>To the project, with forward slashes.</summary>
    public required string Path { get; init; }

    /// <summary>The text as sent; an approval binds to it.</summary>
    public required string ExactHash { get; init; }

    public required string TokenHash { get; init; }

    /// <summary>Fingerprint of the schema that the script found; null when it was not rehearsed.</summary>
    public string? SchemaBefore { get; init; }

    /// <summary>Fingerprint of the schema that it left; null when it failed.</summary>
    public string? SchemaAfter { get; init; }

    /// <summary>Fingerprint of the target's own schema when it was rehearsed, before any pending script; null when there was no target.</summary>
    public string? TargetSchema { get; init; }

    /// <summary>Of the server that it was rehearsed on; null when it was not.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>Of the target; null when there was none.</summary>
    public string? TargetVersion { get; init; }

    /// <summary>Why it failed; null when it ran.</summary>
    public ReportError? Error { get; init; }

    public IReadOnlyList<Proof> Proofs { get; init; } = [];

    /// <summary>One for each statement that ran.</summary>
    public IReadOnlyList<StatementReport> Statements { get; init; } = [];

    /// <summary>What changed behind the last statement: by a verify section or a hook.</summary>
    public IReadOnlyList<CatalogDifference> Afterwards { get; init; } = [];

    /// <summary>What is no part of the schema and was changed: attributes of roles, rights of PUBLIC on the database or the server, the module's own history.</summary>
    public IReadOnlyList<CatalogDifference> Beyond { get; init; } = [];

    public IReadOnlyList<LintFinding> Findings { get; init; } = [];

    /// <summary>What was asked of the target's rows, and only read.</summary>
    public IReadOnlyList<ProbeResult> Probes { get; init; } = [];

    /// <summary>How many rows stood in which table when the script was tried.</summary>
    public IReadOnlyList<PlacedRows> Rows { get; init; } = [];

    /// <summary>What a reader has to know of how it was rehearsed: another major, no rows, roles that were made.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public TimeSpan Duration { get; init; }

    /// <summary>What its rules are asked about.</summary>
    internal LintCase? Case { get; init; }

    /// <summary>Refuted by an error or a proof; Unproven when something that the script claims could not be tried; else Proven. NotApplicable for text alone.</summary>
    public ProofVerdict Verdict =>
        Error is not null || Proofs.Any(proof => proof is { IsClaimed: true, Verdict: ProofVerdict.Refuted }) ? ProofVerdict.Refuted
        : Proofs.Any(proof => proof is { IsClaimed: true, Verdict: ProofVerdict.Unproven }) ? ProofVerdict.Unproven
        : Proofs.Count == 0 ? ProofVerdict.NotApplicable
        : ProofVerdict.Proven;

    /// <summary>The worst of the findings that nobody has accepted, and of the probes; null when there is none.</summary>
    public FindingLevel? Level
    {
        get
        {
            var levels = Findings.Where(finding => finding.AllowedBecause is null).Select(finding => finding.Level)
                .Concat(Probes.Where(probe => probe.Outcome == ProbeOutcome.Offends).Select(_ => FindingLevel.Error)).ToList();
            return levels.Count == 0 ? null : levels.Max();
        }
    }

    /// <summary>The strongest lock on a relation that was there before, the one that is held longest first; null when there is none.</summary>
    [JsonIgnore]
    public RelationLock? StrongestLock => Statements.SelectMany(statement => statement.Locks)
        .OrderByDescending(held => held.Mode).ThenByDescending(held => held.ToStatement - held.FromStatement).FirstOrDefault();

    public bool Has(RehearsalFailure failure) => failure switch
    {
        RehearsalFailure.Refuted => Verdict == ProofVerdict.Refuted,
        RehearsalFailure.Unproven => Verdict == ProofVerdict.Unproven,
        RehearsalFailure.Error => Level == FindingLevel.Error,
        RehearsalFailure.Warning => Level >= FindingLevel.Warning,
        _ => Find(IdempotentProof.Name) is { Verdict: ProofVerdict.Refuted },
    };

    public Proof? Find(string proof) => Proofs.FirstOrDefault(known => known.Name == proof);
}
