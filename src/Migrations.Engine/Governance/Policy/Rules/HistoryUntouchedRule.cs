using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

internal sealed class HistoryUntouchedRule : StatementRule
{
    private static readonly string[] s_changing = ["INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "SHARE"];

    public override string Id => "history-untouched";

    public override string Title => "No script touches the module's own history";

    public override string Rationale => "The history is the evidence of what ran. A SELECT from its tables is no harm; everything else that names its schema is refused, in words, in bodies, on the search path, and where the report shows that its tables were locked or its objects changed.";

    public override string Control => "SOC 2 CC7.2, ISO/IEC 27001 A.8.15: logs are protected from those who are logged.";

    protected override string Blind => "touches the history";

    protected override IEnumerable<PolicyFinding> InText(PolicyCase it, PolicyStatement statement, PolicyText text, RuleSettings settings)
    {
        for (var i = 0; i < text.Words.Count; i++)
        {
            if (text[i].IsEscapedName && text[i + 1].Kind == TokenKind.Dot)
                yield return Find(it, statement.At(text, text[i]), $"It names the schema {text[i].Text}, which only the server can read.", "Write the name as it is.") with { Outcome = PolicyOutcome.Unknown };
            if (!IsNamed(it, text, i) || (!text.IsInner && IsRead(text, i))) continue;
            yield return Find(it, statement.At(text, text[i]), $"It names the schema {it.HistorySchema}, which holds the module's own history.", Advice);
        }

        // Told once: with the first statement of its section. A file of data/ is named after its table.
        if (!text.IsInner && statement.Step.Number == 1 && statement.Section == SectionKind.Up && it.Script is { } script)
        {
            foreach (var file in script.DataFiles.Where(file => SqlName.Parse(Path.GetFileName(file)).Schema is not null && SqlName.Fold(Path.GetFileName(file).Split('.')[0]) == it.HistorySchema))
                yield return Find(it, null, null, $"Its data file {Path.GetFileName(file)} goes into the schema {it.HistorySchema}, which holds the module's own history.", Advice);
        }

        if (!text.IsInner && statement.Step.Number == 1 && statement.Section == SectionKind.Up && it.Script?.Header.SearchPath.Contains(it.HistorySchema) == true)
            yield return Find(it, it.Script.Header.EntryOf("search-path")?.Position, $"Its search path holds the schema {it.HistorySchema}, which holds the module's own history.", Advice);
    }

    protected override IEnumerable<PolicyFinding> InReport(PolicyCase it, MigrationReport report, RuleSettings settings)
    {
        foreach (var statement in report.Statements.Where(statement => statement.History.Count > 0))
            yield return Find(it, statement.Path, statement.Line, $"In the rehearsal it changed or locked {string.Join(", ", statement.History)}.", Advice);
        if (report.Beyond.Any(change => change.Kind == Surroundings.History))
            yield return Find(it, null, null, $"In the rehearsal the objects or rights of the schema {it.HistorySchema} were not the same afterwards.", Advice);
    }

    private const string Advice = "Leave the history to the module: Repair-Migration, Set-MigrationBaseline and Remove-MigrationHistory are there for it.";

    private static bool IsNamed(PolicyCase it, PolicyText text, int at)
    {
        var word = text[at];
        if (word.IsEscapedName) return false;
        if (word.Name == it.HistorySchema && text[at - 1].Kind != TokenKind.Dot)
            return text[at + 1].Kind == TokenKind.Dot || IsListed(text, at);
        // set search_path = 'migrations', set_config('search_path', 'migrations, public', ...)
        return word.IsLiteral && IsOfPath(text, at) && word.Literal.Value.Split(',').Any(part => SqlName.Fold(part.Trim()) == it.HistorySchema);
    }

    /// <summary>SCHEMA a, b; SET search_path TO a, b.</summary>
    private static bool IsListed(PolicyText text, int at)
    {
        for (var i = at - 1; i >= 0 && text[i].Kind != TokenKind.Semicolon; i--)
        {
            if (text[i].IsAny("SCHEMA", "SEARCH_PATH", "AUTHORIZATION")) return true;
            if (text[i].Name is null && text[i].Kind != TokenKind.Comma && !text[i].IsSign('=')) return false;
        }

        return false;
    }

    private static bool IsOfPath(PolicyText text, int at)
    {
        for (var i = at - 1; i >= 0 && i >= at - 8 && text[i].Kind != TokenKind.Semicolon; i--)
            if (text[i].Is("SEARCH_PATH") || (text[i].IsLiteral && text[i].Literal.Value.Equals("search_path", StringComparison.OrdinalIgnoreCase))) return true;
        return false;
    }

    /// <summary>A table behind SELECT; a function of it may do anything.</summary>
    private static bool IsRead(PolicyText text, int at) =>
        text[0].IsAny("SELECT", "WITH", "VALUES", "TABLE") && text[at + 1].Kind == TokenKind.Dot && text[at + 3].Kind != TokenKind.OpenParen && text.IndexOf(0, s_changing) < 0;
}
