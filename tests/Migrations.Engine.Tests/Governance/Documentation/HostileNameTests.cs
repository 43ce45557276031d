using System.Text.RegularExpressions;
using System.Xml.Linq;
using Migrations.Engine.Governance;
using Migrations.Engine.Tests.Migrate;
using Xunit;
using static Migrations.Engine.Tests.Governance.DocumentBench;

namespace Migrations.Engine.Tests.Governance;

/// <summary>Names, comments and headers that try to be something else than text.</summary>
public sealed class HostileNameTests(Servers servers)
{
    private const string Script = "<script>alert(1)</script>";
    private const string Backticks = "``` ` ``";
    private const string Pipe = "a|b\\|c";
    private const string Turned = "abc\u202Etxt.exe";
    private const string Lines = "one\ntwo\r\n# three";

    private static readonly string[] s_names = [Script, Backticks, Pipe, Turned, Lines, "]]>", "--> x", "*bold* _it_ [l](javascript:alert(1))", "${x}", "\u0001bell", "\"quoted\"", "'; drop table x; --", "表🎵", "end", "PK", "t-style>"];

    [Fact]
    public async Task Every_one_is_text_in_the_page()
    {
        using var bench = await HostileAsync();
        var document = await ReadAsync(bench);

        var html = Html(document);

        var page = Parse(html);
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase) || attribute.Name.LocalName == "style");
        Assert.All(page.Descendants("a"), link => Assert.StartsWith("#", (string?)link.Attribute("href"), StringComparison.Ordinal));
        Assert.DoesNotContain('\u202E', html);
        Assert.DoesNotContain('\u0001', html);
        var codes = page.Descendants("code").Select(code => code.Value).ToHashSet();
        // As SQL writes them, which doubles a quote; what is not seen by its number, a line end too.
        Assert.Contains("public.\"<script>alert(1)</script>\"", codes);
        Assert.Contains("public.\"a|b\\|c\"", codes);
        Assert.Contains("public.\"abc⟨U+202E⟩txt.exe\"", codes);
        Assert.Contains("public.\"\"\"quoted\"\"\"", codes);
    }

    [Fact]
    public async Task Every_link_of_the_page_leads_to_one_place()
    {
        using var bench = await HostileAsync();
        var page = Parse(Html(await ReadAsync(bench)));

        var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_.-]+$", id));
        Assert.All(page.Descendants("a").Select(link => link.Attribute("href")!.Value[1..]), target => Assert.Contains(target, ids));
        Assert.All(page.Descendants().Attributes("aria-labelledby").SelectMany(label => label.Value.Split(' ')), target => Assert.Contains(target, ids));
    }

    [Fact]
    public async Task Every_one_is_text_in_Markdown()
    {
        using var bench = await HostileAsync();
        var document = await ReadAsync(bench);

        // What stands between fences is text as it is.
        var lines = Regex.Replace(Markdown(document), @"^(`{3,})[a-z]*\n.*?\n\1$", "", RegexOptions.Singleline | RegexOptions.Multiline).Split('\n');

        // No name has made a heading, ended a fence, or broken a row.
        Assert.All(lines.Where(line => line.StartsWith('#')), line => Assert.Matches(@"^#{1,3} \S", line));
        Assert.DoesNotContain(lines, line => line.TrimStart().StartsWith("# three", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("<script", StringComparison.OrdinalIgnoreCase) || line.Contains('\u202E') || line.Contains('\u0001'));
        Assert.All(Rows(lines), table => Assert.Single(table.Select(Cells).Distinct()));
        Assert.All(lines.Where(line => line.Contains("javascript:", StringComparison.Ordinal)), line => Assert.DoesNotMatch(@"(?<!\\)\[l(?<!\\)\]\(", Regex.Replace(line, "(`+)(.*?)\\1", "")));
        // What looks like a tag is one of ours.
        Assert.All(lines.SelectMany(line => Regex.Matches(Regex.Replace(line, "(`+)(.*?)\\1", ""), "<[^>]*>")), tag =>
            Assert.Matches("^(<a id=\"[a-zA-Z0-9_.-]+\">|</a>|<br>|<code>|</code>|</?details>|</?summary>)$", tag.Value));
    }

    [Fact]
    public async Task The_Mermaid_diagram_holds_words_only()
    {
        using var bench = await HostileAsync();
        var markdown = Markdown(await ReadAsync(bench));

        var diagram = Regex.Match(markdown, "```mermaid\nerDiagram\n(.*?)\n```\n", RegexOptions.Singleline).Groups[1].Value.Split('\n');

        Assert.NotEmpty(diagram);
        Assert.All(diagram, line => Assert.Matches(@"^ +(""\w+""( \{)?|\}|\w+ \w+ (PK|FK|PK,FK)|""\w+"" [|}]o--[|o]\| ""\w+"" : ""[\w ]+"")$", line));
        var names = diagram.Where(line => Regex.IsMatch(line, @"^    ""\w+""( \{)?$")).Select(line => line.Trim(' ', '{')).ToList();
        Assert.Equal(s_names.Length, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public async Task A_comment_in_a_script_of_the_right_keeps_its_letters()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", "create table a (n integer); comment on table a is 'مرحبا بالعالم 👩‍🎤';");
        await bench.UpAsync();

        var html = Html(await ReadAsync(bench));

        Assert.Contains("<p dir=\"auto\">مرحبا بالعالم 👩‍🎤</p>", html, StringComparison.Ordinal);
    }

    private async Task<Workbench> HostileAsync()
    {
        var bench = await Workbench.CreateAsync(servers, 18);
        foreach (var name in s_names)
        {
            var quoted = $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            var literal = $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
            await bench.ExecuteAsync($"""
                create table {quoted} ({quoted} bigint primary key default 1, other bigint references {quoted}, t text default {literal});
                comment on table {quoted} is {literal}; comment on column {quoted}.t is {literal};
                create view {"\"v " + quoted[1..]} as select {literal} as {quoted}; comment on view {"\"v " + quoted[1..]} is {literal};
                """);
        }

        bench.With("001_a.sql", $"-- migration: {Script} {Pipe}\n-- author: <b onclick=\"x\">Ada</b>\n-- ticket: `x`|y\n-- description: {Turned} <img src=x onerror=alert(1)> https://evil.example/\n-- migrate:up\nselect 1;")
            .With("002_b.sql", $"-- migration: *pending* <i>one</i>\n-- irreversible: | {Script}\n-- migrate:up\nselect 1;");
        await bench.UpAsync(new() { Version = "001" });
        return bench;
    }

    private static IEnumerable<List<string>> Rows(IEnumerable<string> lines)
    {
        var table = new List<string>();
        foreach (var line in lines.Append(""))
        {
            if (line.StartsWith('|')) table.Add(line);
            else if (table.Count > 0)
            {
                yield return table;
                table = [];
            }
        }
    }

    /// <summary>As GitHub counts them: a pipe with a backslash before it is none, and the backslash may be escaped itself.</summary>
    private static int Cells(string row) => Regex.Count(Regex.Replace(row, @"\\[\\|]", ""), @"\|");
}
