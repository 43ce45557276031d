using System.Diagnostics.CodeAnalysis;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>Asks the server which values are values, and which of them a check lets through. Needs an open transaction, and leaves it as it was.</summary>
internal sealed class ValueSieve(Session session)
{
    /// <summary>Those that the type reads.</summary>
    public Task<ValuePool> AcceptedAsync(ValuePool pool, string type, CancellationToken cancellationToken) => PassingAsync(pool, type, "value", [], cancellationToken);

    /// <summary>Those for which no check is false.</summary>
    /// <param name="name">What the checks call the value.</param>
    public async Task<ValuePool> PassingAsync(ValuePool pool, string type, string name, IReadOnlyCollection<string> checks, CancellationToken cancellationToken)
    {
        var quoted = Identifier.Quote(name);
        var sql = $"""
            select v."~v" from (select u.t as "~v", u.n as "~n", u.t::{type} as {quoted} from pg_catalog.unnest($1::pg_catalog.text[]) with ordinality as u(t, n) offset 0) as v
            where v.{quoted} is not null{string.Concat(checks.Select(check => $" and ({check}) is not false"))}
            order by v."~n"
            """;
        var passed = new HashSet<string>(StringComparer.Ordinal);
        await TryAsync([.. pool.Common.Concat(pool.Bounds)]);
        return new([.. pool.Common.Where(passed.Contains)], [.. pool.Bounds.Where(passed.Contains)]);

        async Task TryAsync(string[] values)
        {
            if (values.Length == 0) return;
            try
            {
                foreach (var value in await AskAsync(sql, values, cancellationToken)) passed.Add(value);
            }
            catch (PostgresException) when (!cancellationToken.IsCancellationRequested)
            {
                // One that cannot be read spoils the question for all: halves find it.
                await ExecuteAsync("rollback to savepoint migrations_sieve", cancellationToken);
                if (values.Length == 1) return;
                await TryAsync(values[..(values.Length / 2)]);
                await TryAsync(values[(values.Length / 2)..]);
            }
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "Expressions of the schema itself, run in a throw-away database.")]
    private async Task<List<string>> AskAsync(string sql, string[] values, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("savepoint migrations_sieve"));
        var question = new NpgsqlBatchCommand(sql);
        question.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = values });
        batch.BatchCommands.Add(question);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("release savepoint migrations_sieve"));
        var passed = new List<string>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) passed.Add(reader.GetString(0));
        while (await reader.NextResultAsync(cancellationToken)) { }
        return passed;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
