namespace Migrations.Engine.Rehearsal;

internal sealed class BlockedTypeChangeRule : ActRule<ChangeType>
{
    public override string Id => "PGM010f";

    public override string Title => "A change of type that a view, trigger, policy or publication forbids";

    public override string LockFacts => "None: the server refuses it while a view, a rule, the column list of a trigger or of a publication, or a policy names the column.";

    public override string SafeForm => "Drop what names it, change the type and make it again, in one transaction.";

    public override IReadOnlyList<LintSource> Reads => [LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, ChangeType act)
    {
        if (act.Type.Length == 0 || at.IsRehearsed || script.Found(act.Table) is not { } table) return null;
        var (name, column) = (SqlName.Parse(table.Identity).Name, SqlName.Fold(act.Column));
        var dropped = script.Until<DropObject>(at).Select(drop => drop.Name).ToList();
        var views = script.Before!.OfKind("view").Concat(script.Before.OfKind("materialized view"))
            .Where(view => WordsOf.Text(view.Properties["definition"]) is var words && words.Contains(name) && words.Contains(column) && !dropped.Exists(drop => drop.MayBe(view.Identity))).ToList();
        var others = script.Before.Of(table, "rule").Concat(script.Before.Of(table, "policy")).Where(o => o.Properties.Values.Any(text => WordsOf.Text(text).Contains(column)))
            .Concat(script.Before.Of(table, "trigger").Where(o => Named(o.Properties["definition"], column))).ToList();
        if (views.Count + others.Count == 0) return null;
        return Find(script, at, FindingLevel.Error, act.Table, $"The server refuses to change the type of {act.Column} of {script.Describe(act.Table)} while {string.Join(", ", views.Concat(others))} {(views.Count + others.Count == 1 ? "names" : "name")} it.",
            string.Join('\n', [
                .. others.Select(o => RewriteText.Comment($"drop {o} first, and make it again at the end")),
                .. views.Select(view => $"drop {view.Kind} {view.Identity};"),
                RewriteText.Of(at),
                .. views.Select(view => $"create {view.Kind} {view.Identity} as\n{view.Properties["definition"].TrimEnd(';')};"),
            ])) with { Source = LintSource.Rehearsal };
    }

    /// <summary>The column list of a trigger stands between OF and ON.</summary>
    private static bool Named(string definition, string column)
    {
        var from = definition.IndexOf(" OF ", StringComparison.Ordinal);
        var to = from < 0 ? -1 : definition.IndexOf(" ON ", from, StringComparison.Ordinal);
        return to > 0 && WordsOf.Text(definition[from..to]).Contains(column);
    }
}
