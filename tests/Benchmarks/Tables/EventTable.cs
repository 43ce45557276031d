using Npgsql;

namespace Benchmarks.Tables;

/// <summary>The data: events with NULLs, empty texts, quotes, commas, line feeds, other scripts and backslashes. The server makes them itself.</summary>
internal sealed record EventTable(Target Target, long Rows)
{
    public const string Name = "ev";

    public double Megabytes => (double)Rows / RowsOfMegabyte;

    private const int RowsOfMegabyte = 5262;

    public static async Task<EventTable> CreateAsync(Target target, int megabytes, CancellationToken ct)
    {
        var rows = (long)megabytes * RowsOfMegabyte;
        await using var connection = new NpgsqlConnection(target.KeywordText + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync(ct);
        // VACUUM before anything is timed: the first read after a load would write every page once more.
        foreach (var sql in new[] { Table, $"{Fill} generate_series(1::bigint, {rows}) g", $"vacuum (analyze, freeze) {Name}", "checkpoint" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
        return new EventTable(target, rows);
    }

    private const string Table = $"create table {Name} (id bigint, user_id int, occurred_at timestamptz, event_type text, note text, amount numeric(12,2), props jsonb)";

    private const string Fill =
        $"""
        insert into {Name}
        select g, (g * 7919 % 100000)::int, timestamptz '2024-01-01 00:00:00+00' + g * interval '1.371 seconds', (array['view', 'click', 'play', 'pause', 'buy'])[(1 + g % 5)::int],
               case g % 10 when 0 then null when 1 then '' when 2 then 'He said "ok", then left' || g when 3 then E'line one\nline two, ' || g
                           when 4 then 'Grüße aus Köln – 東京 ☕ ' || g when 5 then 'back\slash \n literal ' || g when 6 then 'plain text that goes on for a while, number ' || g
                           else 'ref-' || md5(g::text) end,
               case when g % 11 = 0 then null else (g * 37 % 10000000)::numeric / 100 end,
               jsonb_build_object('ip', '10.' || g % 256 || '.' || g / 256 % 256 || '.7', 'ref', 'https://example.com/p/' || g % 5000, 'q', 'say "hi"', 'n', g % 17)
        from
        """;
}
