using System.Security.Cryptography;
using System.Text;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class ScriptHashesTests
{
    private const string Text = """
        -- migration: A title
        -- author: Ada
        -- tags: one two

        -- migrate:up
        -- prose
        create table t (a int, b text default 'x  y');
        -- allow: R001 reason=small
        copy t from stdin;
        1	2
        \.
        -- migrate:down
        drop table t;

        """;

    [Fact]
    public void The_exact_hash_of_a_file_is_that_of_sha256sum()
    {
        using var project = new TempProject().With("versions/001_a.sql", Text);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text))), project.Single().ExactHash);
    }

    [Fact]
    public void The_exact_hash_of_a_folder_is_that_of_the_list_of_sha256sum()
    {
        using var project = new TempProject().With("versions/001_a/up.sql", "select 1;\n").With("versions/001_a/down.sql", "select 2;\n").With("versions/001_a/data/x.csv", "a\r\n");
        var list = string.Concat(new[] { ("up.sql", "select 1;\n"), ("down.sql", "select 2;\n"), ("data/x.csv", "a\r\n") }.Select(f => $"{Sha(f.Item2)}  {f.Item1}\n"));
        Assert.Equal(Sha(list), project.Single().ExactHash);
    }

    [Theory]
    [InlineData("\uFEFF", "", "")]
    [InlineData("", "\n", "\r\n")]
    public void A_byte_order_mark_and_Windows_line_ends_change_neither(string mark, string from, string to)
    {
        var changed = from.Length > 0 ? Text.Replace(from, to, StringComparison.Ordinal) : Text;
        Assert.Equal(Hashes(Text), Hashes(mark + changed));
    }

    [Theory]
    [InlineData("-- prose", "-- other prose, migrate:down")]
    [InlineData("create table t (", "create  table\n\n  t(/* a */")]
    [InlineData("A title", "Another title")]
    [InlineData("author: Ada", "author: Bob\n-- ticket: X\n-- description: y")]
    [InlineData("-- tags: one two", "-- tags:   one  two")]
    [InlineData("-- migrate:up", "--   migrate:UP")]
    [InlineData("reason=small", "  reason=small")]
    public void Cosmetic_edits_change_the_exact_hash_alone(string from, string to)
    {
        var (before, after) = (Hashes(Text), Hashes(Text.Replace(from, to, StringComparison.Ordinal)));
        Assert.NotEqual(before.Exact, after.Exact);
        Assert.Equal(before.Token, after.Token);
    }

    [Theory]
    [InlineData("b text", "b tex")]
    [InlineData("'x  y'", "'x y'")]
    [InlineData("a int", "aint")]
    [InlineData("create table", "CREATE table")]
    [InlineData("1\t2", "1\t3")]
    [InlineData("1\t2", "1 \t2")]
    [InlineData("tags: one two", "tags: one")]
    [InlineData("-- tags: one two", "-- tags: one two\n-- transaction: never")]
    [InlineData("R001", "R002")]
    [InlineData("reason=small", "reason=big")]
    [InlineData("-- migrate:up", "-- migrate:up transaction:false")]
    [InlineData("-- migrate:down\n", "")]
    [InlineData("-- migrate:down", "-- migrate:verify")]
    [InlineData("-- migrate:up", "\\set x 1\n-- migrate:up")]
    [InlineData("drop table t;", "drop table t; drop table u;")]
    public void Edits_of_meaning_change_both(string from, string to)
    {
        Assert.Contains(from, Text, StringComparison.Ordinal);
        var (before, after) = (Hashes(Text), Hashes(Text.Replace(from, to, StringComparison.Ordinal)));
        Assert.NotEqual(before.Exact, after.Exact);
        Assert.NotEqual(before.Token, after.Token);
    }

    [Fact]
    public void Included_files_and_data_count()
    {
        var (exact, token) = (new HashSet<string>(), new HashSet<string>());
        foreach (var (include, data, copied) in new[] { ("select 1;", "a", "b"), ("select 2;", "a", "b"), ("select 1;", "x", "b"), ("select 1;", "a", "x") })
        {
            using var project = new TempProject()
                .With("versions/001_a/up.sql", "\\i shared.sql\n\\copy t from files/copied.csv\n").With("shared.sql", include).With("versions/001_a/data/rows.csv", data).With("files/copied.csv", copied);
            exact.Add(project.Single().ExactHash);
            token.Add(project.Single().TokenHash);
        }

        Assert.Equal((4, 4), (exact.Count, token.Count));
    }

    [Fact]
    public void Line_ends_of_data_are_cosmetic_too()
    {
        string Token(string data)
        {
            using var project = new TempProject().With("versions/001_a/up.sql", "select 1;").With("versions/001_a/data/rows.csv", data);
            return project.Single().TokenHash;
        }

        Assert.Equal(Token("a\nb\n"), Token("a\r\nb\r\n"));
        Assert.NotEqual(Token("a\nb\n"), Token("a\rb\n"));
        Assert.NotEqual(Token("a\n"), Token("a\n\r"));
    }

    [Fact]
    public void Folding_does_not_depend_on_where_the_blocks_end()
    {
        using var project = new TempProject();
        for (var shift = -2; shift <= 2; shift++)
        {
            var text = string.Concat(new string('x', (64 * 1024) + shift), "\r\ny\rz\r\n");
            project.With("crlf", text).With("lf", text.Replace("\r\n", "\n", StringComparison.Ordinal));
            Assert.Equal(FoldedFileHash.Of(Path.Combine(project.Root, "lf")), FoldedFileHash.Of(Path.Combine(project.Root, "crlf")));
            Assert.Equal(Sha(text.Replace("\r\n", "\n", StringComparison.Ordinal)), FoldedFileHash.Of(Path.Combine(project.Root, "crlf")));
        }
    }

    [Fact]
    public void Moving_code_to_an_included_file_keeps_the_meaning()
    {
        using var whole = new TempProject().With("versions/001_a.sql", "select 1;\nselect 2;\n");
        using var parts = new TempProject().With("versions/001_a.sql", "select 1;\n\\i b.sql\n").With("b.sql", "select 2;");
        Assert.Equal(whole.Single().TokenHash, parts.Single().TokenHash);
        Assert.NotEqual(whole.Single().ExactHash, parts.Single().ExactHash);
    }

    [Fact]
    public void Kept_line_ends_count()
    {
        const string Dump = "-- migration: d\n-- line-ends: keep\n\nselect '\n';\n";
        var (lf, crlf) = (Hashes(Dump), Hashes(Dump.Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.NotEqual(lf.Exact, crlf.Exact);
        Assert.NotEqual(lf.Token, crlf.Token);
    }

    private static (string Exact, string Token) Hashes(string text)
    {
        using var project = new TempProject().With("versions/001_a.sql", text);
        var script = project.Single();
        return (script.ExactHash, script.TokenHash);
    }

    private static string Sha(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
