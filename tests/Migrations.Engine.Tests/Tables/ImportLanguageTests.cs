using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>A server that speaks another language translates the place of a bad row; it is found all the same.</summary>
public sealed class ImportLanguageTests(Servers servers)
{
    private static readonly string[] s_languages = ["de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "es_ES.UTF-8", "ja_JP.UTF-8", "ru_RU.UTF-8"];

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Bad_rows_of_every_kind_are_found_whatever_the_server_speaks(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, """
            create table band (id int primary key); insert into band values (1);
            create table t (id int primary key, note text not null, plays int check (plays > 0), doc jsonb, band int references band)
            """);
        var language = await TranslatedAsync(bench);
        Assert.SkipWhen(language is null, $"PostgreSQL {major} has no messages here in any of {string.Join(", ", s_languages)}.");
        await bench.ExecuteAsync($"do $$ begin execute format('alter database %I set lc_messages = ''{language}''', current_database()); end $$");
        (string Row, string SqlState, string? Column)[] bad =
        [
            ("x,bad,1,{},1", "22P02", "id"), ("20,,1,{},1", "23502", "note"), ("21,bad,0,{},1", "23514", null), ("1,again,1,{},1", "23505", null),
            ("22,bad,1,{oops,1", "22P02", "doc"), ("23,bad", "22P04", null), ("24,bad,1,{},1,more", "22P04", null), ("25,bad,1,{},9", "23503", null),
        ];
        // Behind records of several lines, which the server counts in its own way.
        var file = bench.File("t.csv", "id,note,plays,doc,band\n1,\"a\nb\",1,{},1\n2,\"c\nd\",2,[],1\n" + string.Concat(bad.Select((row, number) => $"{row.Row}\n{number + 3},ok,1,{{}},1\n")));

        var (result, lines) = await bench.RejectedAsync("t", file);

        Assert.Equal((2 + bad.Length, bad.Length), ((int)result.Loaded, (int)result.Rejected));
        Assert.Equal(bad.Select((row, number) => (6L + (2 * number), row.SqlState)), lines.Select(line => (line.Line, line.SqlState)));
        Assert.Equal("id", lines[0].Column);
        foreach (var (row, state, column) in bad.Where(row => row.SqlState != "23503"))
        {
            await bench.ExecuteAsync("truncate t");
            var alone = bench.File("alone.csv", $"id,note,plays,doc,band\n1,\"a\nb\",1,{{}},1\n2,\"c\nd\",2,[],1\n{row}\n3,ok,1,{{}},1\n");
            var failure = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", alone));
            Assert.Equal((6L, state), (failure.Line, failure.SqlState));
            if (column is not null) Assert.Equal(column, failure.Column);
        }
    }

    /// <returns>Null: the server translates into none of them.</returns>
    private static async Task<string?> TranslatedAsync(ImportBench bench)
    {
        foreach (var language in s_languages)
        {
            try
            {
                await bench.ExecuteAsync($"set lc_messages = '{language}'; select 1 / 0");
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.DivisionByZero && refused.MessageText != "division by zero")
            {
                return language;
            }
            catch (PostgresException)
            {
                // Not that one.
            }
        }

        return null;
    }
}
