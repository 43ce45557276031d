namespace Migrations.Engine.Rehearsal;

internal sealed class EnumRule : ReadingRule
{
    public override string Id => "PGM048";

    public override string Title => "An enum is made, or gets or changes a value";

    public override string LockFacts => "None to speak of. A value cannot be taken away again, comes last unless told otherwise, and a renamed one is unknown to the release that runs now.";

    public override string SafeForm => "BEFORE or AFTER for a new value; a new value beside the old one instead of another name; a table of values where they change often.";

    public override IReadOnlyList<string> KnownAs => ["squawk:require-enum-value-ordering", "strong_migrations:rename_enum_value", "eugene:W13"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var (at, add) in script.All<AddEnumValue>())
            if (!add.Placed && !IsNew(script, add.Type))
                yield return Find(script, at, FindingLevel.Info, null, $"{add.Value} becomes the last value of {add.Type}, and sorts so; it can never be taken away again.",
                    Last(script, add.Type) is { } last ? $"alter type {add.Type} add value {add.Value} after {last};" : RewriteText.Comment($"alter type {add.Type} add value {add.Value} after ...;"));

        foreach (var (at, rename) in script.All<RenameEnumValue>())
            if (!IsNew(script, rename.Type))
                yield return Find(script, at, FindingLevel.Warning, null, $"{rename.Value} of {rename.Type} gets another name: a release that knows the old one fails.", $"alter type {rename.Type} add value {rename.To} after {rename.Value};");

        foreach (var (at, made) in script.All<CreateEnum>())
            yield return Find(script, at, FindingLevel.Info, null, $"The values of {made.Type} can be added and renamed, never taken away.", RewriteText.Comment($"a table of values with a foreign key, or text with a CHECK, where the values change"));
    }

    private static bool IsNew(ScriptReading script, SqlName type) => script.All<CreateEnum>().Any(made => made.Act.Type.MayBe(type));

    private static string? Last(ScriptReading script, SqlName type) =>
        script.Before?.OfKind("enum").FirstOrDefault(found => type.MayBe(found.Identity))?.Properties.GetValueOrDefault("labels")?.Split(", ")[^1];
}
