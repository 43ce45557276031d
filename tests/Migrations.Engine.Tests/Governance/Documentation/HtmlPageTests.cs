using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Migrations.Engine.Governance;
using Migrations.Engine.Tests.Migrate;
using Xunit;
using static Migrations.Engine.Tests.Governance.DocumentBench;

namespace Migrations.Engine.Tests.Governance;

/// <summary>The page stands by itself and can be read by everybody.</summary>
public sealed class HtmlPageTests(Servers servers)
{
    [Fact]
    public async Task It_loads_nothing_and_tells_the_browser_so()
    {
        var html = await MusicAsync();
        var page = Parse(html);

        Assert.DoesNotContain("http:", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", html, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(page.Descendants().Attributes("src"));
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "use");
        // The browser takes the style as it stands between the tags.
        var style = html[(html.IndexOf("<style>", StringComparison.Ordinal) + 7)..html.IndexOf("</style>", StringComparison.Ordinal)];
        var policy = page.Descendants("meta").Single(meta => (string?)meta.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!.Value;
        Assert.Contains($"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'", policy, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName == "style");
    }

    [Fact]
    public async Task A_reader_that_cannot_see_it_finds_its_way()
    {
        var page = Parse(await MusicAsync());

        Assert.Equal("en", page.Root!.Attribute("lang")!.Value);
        Assert.Single(page.Descendants("h1"));
        Assert.Single(page.Descendants("main"));
        var levels = page.Descendants().Where(element => element.Name.LocalName is "h1" or "h2" or "h3" or "h4").Select(element => element.Name.LocalName[1] - '0').ToList();
        for (var i = 1; i < levels.Count; i++) Assert.True(levels[i] <= levels[i - 1] + 1, $"A heading of level {levels[i]} stands behind one of level {levels[i - 1]}.");
        Assert.All(page.Descendants("th"), head => Assert.Contains(head.Attribute("scope")?.Value, (string[])["col", "row"]));
        Assert.All(page.Descendants("table"), table => Assert.NotEmpty(table.Element("caption")!.Value));
        var drawing = Assert.Single(page.Descendants("svg"));
        Assert.Equal("img", drawing.Attribute("role")!.Value);
        Assert.NotEmpty(drawing.Element("title")!.Value);
        Assert.Contains("foreign key", drawing.Element("desc")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_element_without_content_has_an_end_tag_unless_HTML_forbids_it()
    {
        var html = await MusicAsync();

        // A browser would end the paragraph there, and the page be another than the one that was written.
        Assert.DoesNotContain(Parse(html).Descendants("p"), paragraph => paragraph.Descendants().Any(inner => inner.Name.LocalName is not ("span" or "code" or "br" or "a")));
        Assert.All(Parse(html).Descendants("ul"), list => Assert.All(list.Elements(), item => Assert.Equal("li", item.Name.LocalName)));
        Assert.DoesNotMatch(@"<(?!meta|br)[a-z0-9]+(\s[^>]*)?/>", html);
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\" />", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', html);
    }

    [Fact]
    public async Task The_example_is_told_whole()
    {
        var page = Parse(await MusicAsync());

        Assert.Equal(11, page.Descendants("article").Count(article => ((string?)article.Attribute("class"))!.Contains("script", StringComparison.Ordinal)));
        var text = page.Root!.Value;
        Assert.All((string[])["data-platform@music-ai.example", "MAI-101", "By range of (created_at): 8 partitions.", "Product events, partitioned by calendar month in UTC on created_at."],
            words => Assert.Contains(words, text, StringComparison.Ordinal));
        Assert.Contains("11 applied", text, StringComparison.Ordinal);
    }

    private async Task<string> MusicAsync()
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        var project = Engine.Scripts.ScriptProject.Load(Path.Combine(TestTree.Root, "examples", "music-ai"));
        await using var database = bench.Open();
        var request = new Engine.Migrate.MigrationRequest { DataLoader = new Engine.Tables.ScriptDataLoader(TimeProvider.System) };
        await bench.RunAsync(database, await new Engine.Migrate.MigrationPlanner(database, project, []).PlanAsync(request, Workbench.Token));
        return Html(await new DocumentReader(database, project, bench.Mask, bench.Activity, TimeProvider.System).ReadAsync(new(), Workbench.Token));
    }
}
