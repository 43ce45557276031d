using System.Collections.Immutable;

namespace Migrations.Engine.Rehearsal;

/// <summary>Asks every rule about a script, and the script about what its author accepts.</summary>
public sealed class Linter
{
    /// <summary>All there are, in the order of their ids.</summary>
    public static ImmutableArray<LintRule> Rules { get; } =
    [
        new VolatileDefaultRule(),
        new SerialColumnRule(),
        new StoredColumnRule(),
        new ConstrainedDomainColumnRule(),
        new RequiredColumnRule(),
        new InlineCheckRule(),
        new InlineKeyRule(),
        new InlineReferenceRule(),
        new SetNotNullRule(),
        new NotNullCheckRule(),
        new ChangeTypeRule(),
        new ZoneDependentTypeRule(),
        new TypeUnderCheckRule(),
        new ChangeCollationRule(),
        new BlockedTypeChangeRule(),
        new DropColumnRule(),
        new RenameColumnRule(),
        new RenameRelationRule(),
        new JsonColumnRule(),
        new ShortKeyRule(),
        new DropNotNullRule(),
        new AddCheckRule(),
        new AddForeignKeyRule(),
        new PartitionedForeignKeyRule(),
        new ValidateInSameTransactionRule(),
        new AddKeyRule(),
        new PrimaryKeyOverNullableRule(),
        new AddExclusionRule(),
        new DropForeignKeyRule(),
        new DropReferencingTableRule(),
        new CreateReferencingTableRule(),
        new UnindexedForeignKeyRule(),
        new TightenDomainRule(),
        new CreateIndexRule(),
        new ConcurrentInTransactionRule(),
        new ConcurrentIfNotExistsRule(),
        new ReindexLeftoverRule(),
        new DropIndexRule(),
        new WriteAnewRule(),
        new IndexReplacedRule(),
        new IndexShapeRule(),
        new PartitionedIndexRule(),
        new AttachRule(),
        new CreatePartitionRule(),
        new DetachRule(),
        new DropPartitionRule(),
        new LockTimeoutRule(),
        new WorkAfterLockRule(),
        new SeveralLocksRule(),
        new WholeTableWriteRule(),
        new TruncateRule(),
        new DropDataRule(),
        new EnumRule(),
        new TriggerRule(),
        new RowSecurityRule(),
        new RefreshRule(),
        new LockTableRule(),
        new RepeatedAlterRule(),
        new LongNameRule(),
        new GoneForClientsRule(),
        new ExpiredAllowRule(),
        new IdleAllowRule(),
        new UnexplainedAllowRule(),
    ];

    private readonly ImmutableArray<LintRule> _rules = Rules;

    /// <summary>
    /// Findings in the order of the statements, then of the rules; those about the script as a whole come first. What is allowed
    /// (<c>-- allow: RULE reason= until=</c>) stays in the list with the reason: above the first statement an allow counts for the whole script, further
    /// down for the statement that follows it. One that has expired, has no reason or names no rule does not count and is a finding of its own.
    /// </summary>
    /// <param name="today">For the days until which findings are allowed.</param>
    public IReadOnlyList<LintFinding> Examine(LintCase lintCase, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(lintCase);
        var allows = Allowance.Of(lintCase.Reading, _rules, today);
        var found = _rules.SelectMany(rule => rule.Examine(lintCase)).ToList();
        var aboutAllows = from allow in allows
                          let used = found.Exists(allow.Covers)
                          from rule in _rules.OfType<AllowRule>()
                          let finding = rule.Examine(allow, used, lintCase.IsRehearsed)
                          where finding is not null
                          select finding;
        return
        [
            .. found.Select(finding => finding with { AllowedBecause = allows.FirstOrDefault(allow => allow.Counts && allow.Covers(finding))?.Directive.Reason })
                .Concat(aboutAllows)
                .OrderBy(finding => finding.Statement ?? 0).ThenBy(finding => finding.Rule, StringComparer.Ordinal).ThenBy(finding => finding.Relation, StringComparer.Ordinal),
        ];
    }
}
