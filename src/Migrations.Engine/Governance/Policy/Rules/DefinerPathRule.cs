using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

internal sealed class DefinerPathRule : StatementRule
{
    public override string Id => "definer-search-path";

    public override string Title => "A SECURITY DEFINER function has a search_path of its own";

    public override string Rationale => "Such a function runs with its owner's rights and finds names by its caller's search_path, unless it has one: whoever may make an object somewhere on that path decides what it does (PostgreSQL, \"Writing SECURITY DEFINER Functions Safely\").";

    public override string Control => "SOC 2 CC6.1 and CC6.3, ISO/IEC 27001 A.8.2 and A.8.28: privileged rights are held in.";

    protected override string Blind => "makes a SECURITY DEFINER function without a search_path";

    protected override IEnumerable<PolicyFinding> InText(PolicyCase it, PolicyStatement statement, PolicyText text, RuleSettings settings)
    {
        foreach (var at in text.Beginnings("CREATE", "ALTER"))
        {
            var kind = text.IndexOf(at, "FUNCTION", "PROCEDURE", "ROUTINE");
            if (kind < 0 || kind > at + 3 || text.IndexOfAll(kind, "SECURITY", "DEFINER") is var definer && definer < 0) continue;
            if (IsPinned(text, kind) || PinnedElsewhere(it, statement, NameAt(text, kind + 1))) continue;
            // With a report the catalog is the judge: the path may be set in another way.
            if (it.Report is not null && statement.Section == SectionKind.Up && !text.IsInner) continue;
            yield return Find(it, statement.At(text, text[definer]), $"{NameAt(text, kind + 1)?.Spelled ?? "A function"} is SECURITY DEFINER and has no search_path of its own.", Advice);
        }
    }

    protected override IEnumerable<PolicyFinding> InReport(PolicyCase it, MigrationReport report, RuleSettings settings)
    {
        foreach (var made in it.Catalog!.Objects.Where(made => made.Kind is "function" or "procedure" or "aggregate"))
        {
            if (HasPath(made.Now("configuration"))) continue;
            if (made.Now("security definer") == "true")
            {
                // Of a function that was there only what changed is known.
                var known = made.IsNew || made.After.ContainsKey("configuration");
                yield return Find(it, made.By.Path, made.By.Line, known
                    ? $"{made.Identity} is SECURITY DEFINER and has no search_path of its own."
                    : $"{made.Identity} becomes SECURITY DEFINER, and whether it had a search_path of its own the report does not say.", Advice) with { Outcome = known ? PolicyOutcome.Violated : PolicyOutcome.Unknown };
            }
            else if (HasPath(made.Before.GetValueOrDefault("configuration")) && !made.Changed("security definer"))
            {
                yield return Find(it, made.By.Path, made.By.Line, $"{made.Identity} loses its search_path.", Advice);
            }
        }
    }

    private const string Advice = "Add SET search_path = pg_catalog, pg_temp (and the schemas that it needs, before pg_temp), or leave it SECURITY INVOKER.";

    private static bool HasPath(string? configuration) => configuration?.Split(", ").Any(setting => setting.StartsWith("search_path=", StringComparison.Ordinal)) == true;

    private static bool IsPinned(PolicyText text, int from) => text.IndexOfAll(from, "SET", "SEARCH_PATH") > 0;

    /// <summary>ALTER FUNCTION f() SET search_path further on.</summary>
    private static bool PinnedElsewhere(PolicyCase it, PolicyStatement statement, SqlName? name) => name is not null && it.Statements.Any(other =>
    {
        var text = other.Texts[0];
        return other.Section == statement.Section && other.Step.Number > statement.Step.Number
            && text[0].Is("ALTER") && text[1].IsAny("FUNCTION", "PROCEDURE", "ROUTINE") && NameAt(text, 2)?.MayBe(name) == true && IsPinned(text, 2);
    });

    private static SqlName? NameAt(PolicyText text, int at)
    {
        if (text[at].Name is null) return null;
        var spelled = text[at].Text;
        for (; text[at + 1].Kind == TokenKind.Dot && text[at + 2].Name is not null; at += 2) spelled += "." + text[at + 2].Text;
        return SqlName.Parse(spelled);
    }
}
