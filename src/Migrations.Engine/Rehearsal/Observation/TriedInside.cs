using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// The locks of a DO or CALL that is outside a transaction and does not have to be: it is tried inside one, where its own session shows them all at its
/// end, and rolled back. Nobody stands in its way, so a NOWAIT gets what it asks for.
/// </summary>
internal sealed class TriedInside(IReadOnlyList<SeenLock> locks) : ILoneWatch
{
    /// <returns>Null: it ends transactions of its own, or fails, and what it does by itself has to be seen.</returns>
    public static async Task<TriedInside?> TryAsync(Session session, ScriptStep step, CancellationToken cancellationToken)
    {
        var sequences = await SequencesAsync(session, cancellationToken);
        try
        {
            // Keys are checked at the end, and lock the other table.
            await SendAsync(session, ["begin", step.Text, "set constraints all immediate"], cancellationToken);
            return new TriedInside((await Sight.TakeAsync(session, inTransaction: true, cancellationToken)).Locks);
        }
        catch (PostgresException) when (!session.IsBroken)
        {
            return null;
        }
        finally
        {
            // What a sequence has given it keeps, also when all else is rolled back.
            if (!session.IsBroken) await SendAsync(session, ["rollback", "begin", "set local role none", .. sequences, "commit"], CancellationToken.None);
        }
    }

    public Task<IReadOnlyList<SeenLock>> EndAsync(CancellationToken cancellationToken) => Task.FromResult(locks);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Not as the script's role, which may have no right to look at all of them.</summary>
    /// <returns>A statement for each, which puts it where it stands now.</returns>
    private static async Task<IReadOnlyList<string>> SequencesAsync(Session session, CancellationToken cancellationToken)
    {
        var names = await AskAsync(session, [
            """
            select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
            from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
            where c.relkind = 'S' and c.relpersistence <> 't'
            """], cancellationToken);
        return await AskAsync(session, [.. names.Select(name => $"select pg_catalog.format('select pg_catalog.setval(%L, %s, %L)', {Literal.Quote(name)}, last_value, is_called) from {name}")], cancellationToken);
    }

    private static async Task<IReadOnlyList<string>> AskAsync(Session session, IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        if (questions.Count == 0) return [];
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var sql in (string[])["begin", "set local role none", .. questions, "rollback"]) batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var answers = new List<string>();
        do
        {
            while (await reader.ReadAsync(cancellationToken)) answers.Add(reader.GetString(0));
        }
        while (await reader.NextResultAsync(cancellationToken));
        return answers;
    }

    private static async Task SendAsync(Session session, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
