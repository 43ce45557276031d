using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>
/// A rule about what a statement does: in its words, in the bodies that stand in it, and where no word tells it in what the rehearsal's report shows.
/// Without such a report it says that it could not look.
/// </summary>
internal abstract class StatementRule : PolicyRule
{
    public override PolicySeverity DefaultSeverity => PolicySeverity.Error;

    public sealed override bool IsAboutStatements => true;

    /// <summary>What nobody can exclude of a statement that cannot be read: <c>grants a right to PUBLIC</c>.</summary>
    protected abstract string Blind { get; }

    public sealed override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings)
    {
        var found = it.Statements.SelectMany(statement => statement.Texts.SelectMany(text => InText(it, statement, text, settings))).DistinctBy(finding => (finding.File, finding.Line, finding.Message)).ToList();
        var told = found.Select(finding => (finding.File, finding.Line)).ToHashSet();
        // The same line by its words and by the report is one finding, told by the words.
        if (it.Report is { } report) found.AddRange(InReport(it, report, settings).Where(finding => finding.Line is null || !told.Contains((finding.File, finding.Line))));
        foreach (var finding in found) yield return finding;
        // What is taken back is a way out in need: there only what can be seen stops it.
        if (it.IsUndo) yield break;
        foreach (var section in it.Unread.GroupBy(statement => statement.Section))
        {
            var statement = section.First();
            yield return Find(it, statement.Step.Position, $"{statement.Opaque}: whether it {Blind} cannot be told from the script.",
                section.Key == SectionKind.Down
                    ? "Write the statement out; or rehearse the script (Test-Migration -OutFile) and give the report, which proves that the down section leaves nothing behind."
                    : "Write the statement out; or rehearse the script (Test-Migration -OutFile) and give the report.") with { Outcome = PolicyOutcome.Unknown };
        }
    }

    protected abstract IEnumerable<PolicyFinding> InText(PolicyCase it, PolicyStatement statement, PolicyText text, RuleSettings settings);

    protected virtual IEnumerable<PolicyFinding> InReport(PolicyCase it, MigrationReport report, RuleSettings settings) => [];
}
