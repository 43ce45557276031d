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
            // With a report the catalog is the judge: what the words leave open it shows.
            if ((it.Report is null || text.IsInner) && Loosened(it, statement, text, at) is { } loosened) yield return loosened;
            if (kind < 0 || kind > at + 3 || text.IndexOfAll(kind, "SECURITY", "DEFINER") is var definer && definer < 0) continue;
            if (IsPinned(text, kind) || PinnedElsewhere(it, statement, NameAt(text, kind + 1))) continue;
            if (it.Report is not null && statement.Section == SectionKind.Up && !text.IsInner) continue;
            yield return Find(it, statement.At(text, text[definer]), $"{NameAt(text, kind + 1)?.Spelled ?? "A function"} is SECURITY DEFINER and has no search_path of its own.", Advice);
        }
    }

    /// <summary>Null when the statement takes no path away.</summary>
    private PolicyFinding? Loosened(PolicyCase it, PolicyStatement statement, PolicyText text, int at)
    {
        if (!text[at].Is("ALTER") || !text[at + 1].IsAny("FUNCTION", "PROCEDURE", "ROUTINE")) return null;
        var isReset = text.IndexOf(at, "RESET") is var reset and > 0 && text[reset + 1].IsAny("ALL", "SEARCH_PATH");
        if (!isReset && !(text.IndexOfAll(at, "SET", "SEARCH_PATH") > 0 && !IsPinned(text, at))) return null;
        return Find(it, statement.At(text, text[at]), $"{NameAt(text, at + 2)?.Spelled ?? "A function"} loses its search_path, and whether it is SECURITY DEFINER the script does not say.",
            "Leave it a search_path; or rehearse the script (Test-Migration -OutFile) and give the report.") with { Outcome = PolicyOutcome.Unknown };
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
                yield return Find(it, made.Path, made.Line, known
                    ? $"{made.Identity} is SECURITY DEFINER and has no search_path of its own."
                    : $"{made.Identity} becomes SECURITY DEFINER, and whether it had a search_path of its own the report does not say.", Advice) with { Outcome = known ? PolicyOutcome.Violated : PolicyOutcome.Unknown };
            }
            else if (HasPath(made.Before.GetValueOrDefault("configuration")) && !made.Changed("security definer"))
            {
                yield return Find(it, made.Path, made.Line, $"{made.Identity} loses its search_path.", Advice);
            }
        }
    }

    private const string Advice = "Add SET search_path = pg_catalog, pg_temp (and the schemas that it needs, before pg_temp), or leave it SECURITY INVOKER.";

    private static bool HasPath(string? configuration) => configuration?.Split(", ").Any(setting => setting.StartsWith("search_path=", StringComparison.Ordinal)) == true;

    /// <summary>SET search_path TO DEFAULT takes it away.</summary>
    private static bool IsPinned(PolicyText text, int from) =>
        text.IndexOfAll(from, "SET", "SEARCH_PATH") is var at and > 0 && !text[at + 3].Is("DEFAULT");

    /// <summary>ALTER FUNCTION f() SET search_path further on; the last word on it counts.</summary>
    private static bool PinnedElsewhere(PolicyCase it, PolicyStatement statement, SqlName? name)
    {
        var later = from other in it.Statements
                    where other.Section == statement.Section && other.Step.Number > statement.Step.Number
                    let text = other.Texts[0]
                    where text[0].Is("ALTER") && text[1].IsAny("FUNCTION", "PROCEDURE", "ROUTINE") && name is not null && NameAt(text, 2)?.MayBe(name) == true
                    where text.IndexOfAll(2, "SET", "SEARCH_PATH") > 0 || text.IndexOf(2, "RESET") > 0
                    select IsPinned(text, 2);
        return later.LastOrDefault();
    }

    private static SqlName? NameAt(PolicyText text, int at)
    {
        if (text[at].Name is null) return null;
        var spelled = text[at].Text;
        for (; text[at + 1].Kind == TokenKind.Dot && text[at + 2].Name is not null; at += 2) spelled += "." + text[at + 2].Text;
        return SqlName.Parse(spelled);
    }
}
