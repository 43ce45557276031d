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
    public async Task<ValuePool> PassingAsync(ValuePool pool, string type, string name, IReadOnlyCollection<string> checks, CancellationToken cancellationToken) =>
        (await PassingAsync([new SieveQuestion(pool, type, name, checks)], cancellationToken))[0];

    /// <summary>The answers to many questions, in one round trip when none of them has a value that cannot be read.</summary>
    public async Task<IReadOnlyList<ValuePool>> PassingAsync(IReadOnlyList<SieveQuestion> questions, CancellationToken cancellationToken)
    {
        var passed = new HashSet<string>[questions.Count];
        for (var i = 0; i < passed.Length; i++) passed[i] = new HashSet<string>(StringComparer.Ordinal);
        await TryAsync([.. questions.Select((question, i) => (i, question.Sql, question.Values))]);
        return [.. questions.Select((question, i) => new ValuePool([.. question.Pool.Common.Where(passed[i].Contains)], [.. question.Pool.Bounds.Where(passed[i].Contains)]))];

        async Task TryAsync((int Question, string Sql, string[] Values)[] parts)
        {
            if (parts.Length == 0) return;
            try
            {
                await AskAsync(parts, passed, cancellationToken);
                return;
            }
            catch (PostgresException) when (!cancellationToken.IsCancellationRequested)
            {
                // One that cannot be read spoils the question for all: halves find it.
                await ExecuteAsync("rollback to savepoint migrations_sieve", cancellationToken);
            }

            if (parts.Length > 1)
            {
                await TryAsync(parts[..(parts.Length / 2)]);
                await TryAsync(parts[(parts.Length / 2)..]);
                return;
            }

            var (question, sql, values) = parts[0];
            if (values.Length < 2) return;
            await TryAsync([(question, sql, values[..(values.Length / 2)])]);
            await TryAsync([(question, sql, values[(values.Length / 2)..])]);
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "Expressions of the schema itself, run in a throw-away database.")]
    private async Task AskAsync((int Question, string Sql, string[] Values)[] parts, HashSet<string>[] passed, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("savepoint migrations_sieve"));
        foreach (var (_, sql, values) in parts)
        {
            var question = new NpgsqlBatchCommand(sql);
            question.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = values });
            batch.BatchCommands.Add(question);
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("release savepoint migrations_sieve"));
        var found = new List<(int, string)>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var (question, _, _) in parts)
        {
            while (await reader.ReadAsync(cancellationToken)) found.Add((question, reader.GetString(0)));
            await reader.NextResultAsync(cancellationToken);
        }

        foreach (var (question, value) in found) passed[question].Add(value);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
