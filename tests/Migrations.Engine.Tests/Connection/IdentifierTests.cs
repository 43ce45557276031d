using System.Text;
using CsCheck;
using Migrations.Engine.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>Names and texts with anything in them come back from a real server as they went.</summary>
public sealed class IdentifierTests(Servers servers)
{
    private static readonly string[] s_nasty =
    [
        "plain", "Upper", "select", "with space", "dot.ted", "\"", "\"\"", "a\"b", "'", "a;drop table x;--", "/*", "*/", "--", "\\", "\r\n", "\t", "$$", "$1",
        "%", ":name", "ünïcödé", "商店", "😀", "e\u0301", "\u202e", "\u007f", "\ufeff", new string('x', 63),
    ];

    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.Char['\u0001', '\ud7ff'].Array[1, 20].Select(chars => new string(chars)),
        Gen.Char["\"'\\;.-/*$ \t\nabAB0"].Array[1, 20].Select(chars => new string(chars)),
        Gen.Int[0x10000, 0x10ffff].Array[1, 5].Select(points => string.Concat(points.Select(char.ConvertFromUtf32))),
        Gen.OneOf(s_nasty.Select(Gen.Const).ToArray()));

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Any_name_survives_create_table_and_agrees_with_quote_ident(int major)
    {
        await using var connection = new NpgsqlConnection(await servers.DatabaseAsync(major));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await s_text.Where(name => Encoding.UTF8.GetByteCount(name) <= 63).SampleAsync(async name =>
        {
            var quoted = Identifier.Quote(name);
            await using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand($"create table {Identifier.Qualify("public", name)} ({quoted} int)"),
                    new NpgsqlBatchCommand("select relname::text, attname::text, quote_ident(relname), parse_ident($1) from pg_class join pg_attribute on attrelid = pg_class.oid and attnum = 1 where relnamespace = 'public'::regnamespace")
                    {
                        Parameters = { new NpgsqlParameter<string> { TypedValue = quoted } },
                    },
                    new NpgsqlBatchCommand($"drop table public.{quoted}"),
                },
            };
            await using var row = await batch.ExecuteReaderAsync();
            Assert.True(await row.ReadAsync());
            Assert.Equal((name, name), (row.GetString(0), row.GetString(1)));
            Assert.Contains(row.GetString(2), new[] { name, quoted });
            Assert.Equal([name], row.GetFieldValue<string[]>(3));
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void What_no_server_can_hold_is_refused()
    {
        // Not as theory data: the halves of a surrogate pair do not survive an attribute.
        foreach (var name in new[] { "", "a\0b", "a\ud800b", "\udc00", "\udc00\ud800" })
        {
            var error = Assert.Throws<EngineException>(() => Identifier.Quote(name));
            Assert.Equal(("IdentifierInvalid", FailureKind.InvalidInput), (error.ErrorId, error.Kind));
        }
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task Any_text_survives_as_a_literal_and_agrees_with_quote_literal(string conforming)
    {
        await using var connection = new NpgsqlConnection(await servers.DatabaseAsync(18));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using (var set = new NpgsqlCommand($"set standard_conforming_strings = {conforming}; set escape_string_warning = off", connection)) await set.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await s_text.SampleAsync(async text =>
        {
            // As a batch command: the driver's own lexer must not have a say in it.
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand($"select {Literal.Quote(text)}, quote_literal({Literal.Quote(text)})") } };
            await using var row = await batch.ExecuteReaderAsync();
            Assert.True(await row.ReadAsync());
            Assert.Equal((text, Literal.Quote(text)), (row.GetString(0), row.GetString(1)));
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void Null_is_the_keyword_and_NUL_is_refused()
    {
        Assert.Equal("null", Literal.Quote(null));
        Assert.Equal("''", Literal.Quote(""));
        Assert.Equal("LiteralInvalid", Assert.Throws<EngineException>(() => Literal.Quote("a\0")).ErrorId);
    }
}
