using Migrations.Engine.Governance;
using Xunit;
using static Migrations.Engine.Tests.Governance.DocumentBench;

namespace Migrations.Engine.Tests.Governance;

public sealed class PartitionListTests
{
    [Theory]
    [InlineData(12, false)]
    [InlineData(13, true)]
    public void Many_partitions_are_folded_and_all_of_them_are_there(int count, bool isFolded)
    {
        var document = Document(count);

        var page = Parse(Html(document));
        var markdown = Markdown(document);

        Assert.Equal(isFolded, page.Descendants("details").Any());
        Assert.Equal(isFolded, markdown.Contains("<details><summary>All of them</summary>\n\n* `s.t_00`", StringComparison.Ordinal));
        Assert.All(Enumerable.Range(0, count), i => Assert.Contains($"s.t_{i:00}", page.Descendants("code").Select(code => code.Value)));
        Assert.All(Enumerable.Range(0, count), i => Assert.Contains($"* `s.t_{i:00}` `FROM ({i}) TO ({i + 1})`", markdown, StringComparison.Ordinal));
    }

    private static MigrationDocument Document(int count) => new()
    {
        Title = "t",
        Source = DocumentSource.Database,
        ServerMajor = 18,
        Fingerprint = "f",
        IsStatusKnown = true,
        Schemas =
        [
            new DocumentedSchema("s", null)
            {
                Tables =
                [
                    new DocumentedTable
                    {
                        Identity = "s.t", Schema = "s", Name = "t", Kind = "partitioned table",
                        Partitioning = new DocumentedPartitioning("range", "(n)", [.. Enumerable.Range(0, count).Select(i => new DocumentedPartition($"s.t_{i:00}", $"FROM ({i}) TO ({i + 1})", null, [], null))]),
                    },
                ],
            },
        ],
    };
}
