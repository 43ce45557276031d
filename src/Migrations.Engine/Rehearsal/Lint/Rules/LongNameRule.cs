using System.Text;

namespace Migrations.Engine.Rehearsal;

internal sealed class LongNameRule : ReadingRule
{
    public override string Id => "PGM055";

    public override string Title => "A name that the server cuts off";

    public override string LockFacts => "None. The server keeps the first 63 bytes of a name and says so in a notice that nobody reads: two long names may become one.";

    public override string SafeForm => "A name of at most 63 bytes.";

    public override IReadOnlyList<string> KnownAs => ["squawk:identifier-too-long"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var at in script.Statements)
        {
            if (WordsOf.Names(at.Step).FirstOrDefault(name => Encoding.UTF8.GetByteCount(name) > 63) is { } name)
                yield return Find(script, at, FindingLevel.Warning, null, $"'{name}' has {Encoding.UTF8.GetByteCount(name)} bytes, and the server keeps 63 of them.", RewriteText.Comment($"a shorter name than {name}")) with { Source = LintSource.Text };
        }
    }
}
