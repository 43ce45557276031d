using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>A finding says how big the thing is on the target, and is weighed by it.</summary>
public sealed class LiveSizeTests(Servers servers)
{
    private const string Rewrite = "alter table t add column x uuid default gen_random_uuid();";

    [Fact]
    public async Task The_size_of_the_target_is_in_the_message()
    {
        var database = await servers.DatabaseAsync(18);
        await Servers.ExecuteAsync(database, LockFacts.Schema);

        var finding = Assert.Single(await LintBench.RehearsedAsync(database, Rewrite, new LiveCatalog([new LiveRelation("public.t", 1_200_000_000, 300L << 30, 412L << 30)])), f => f.Rule == "PGM001");

        Assert.Equal("ACCESS EXCLUSIVE on public.t (412 GB, 1.2 billion rows) for as long as every row is written anew with a default of its own: readers and writers wait.", finding.Message);
        Assert.Equal((FindingLevel.Error, LintSource.Rehearsal, "public.t"), (finding.Level, finding.Source, finding.Relation));
    }

    [Fact]
    public async Task What_is_small_on_the_target_is_a_warning()
    {
        var database = await servers.DatabaseAsync(18);
        await Servers.ExecuteAsync(database, LockFacts.Schema);

        var finding = Assert.Single(await LintBench.RehearsedAsync(database, Rewrite, new LiveCatalog([new LiveRelation("public.t", 20, 8192, 65536)])), f => f.Rule == "PGM001");

        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains("(64 kB, 20 rows)", finding.Message, StringComparison.Ordinal);
    }
}
