using System.Diagnostics.CodeAnalysis;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Commands that travel together: one pipelined message, one round trip. It remembers which command came from which statement of the script.
/// </summary>
/// <remarks>
/// NpgsqlBatch without parameters passes text untouched; NpgsqlCommand would cut a BEGIN ATOMIC body at its semicolons.
/// </remarks>
internal sealed class Message(Session session, IActivity activity, SecretMask mask)
{
    private readonly List<NpgsqlBatchCommand> _commands = [];
    private readonly List<ScriptStep?> _origins = [];

    /// <summary>Carries the start of an attempt in front.</summary>
    public bool StartsScript { get; set; }

    public int Count => _origins.Count;

    public void Add(Command command)
    {
        switch (command)
        {
            case Command.Plain plain:
                Add(plain.Sql);
                break;
            case Command.Own own:
                Add(own.Statement);
                break;
            case Command.Look look:
                Add(look.Statement.ToCommand(), look.For);
                break;
            case Command.Step step:
                Add(step.Statement.Text, step.Statement);
                break;
            default:
                throw new InvalidOperationException($"A {command.GetType().Name} is not sent in a message.");
        }
    }

    public void Add(string sql) => Add(sql, null);

    [SuppressMessage("Security", "CA2100", Justification = "Running the text of scripts is what the product is for.")]
    public void Add(string sql, ScriptStep? origin) => Add(new NpgsqlBatchCommand(sql), origin);

    public void Add(JournalStatement statement) => Add(statement.ToCommand(), null);

    /// <exception cref="StatementFailedException">The server refused a command; which one is in it.</exception>
    /// <returns>Rows that were written by all its commands together.</returns>
    public async Task<int> SendAsync(CancellationToken cancellationToken)
    {
        if (Count == 0) return 0;
        Trace();
        await using var batch = NewBatch();
        try
        {
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException failure)
        {
            throw Failed(failure);
        }
    }

    /// <summary>
    /// Runs one statement of a check or verify section. A query passes when it returns a row and its first column is true in each;
    /// a statement without a result (a DO block that raises), or one that need not be true, passes when it does not fail.
    /// </summary>
    public async Task<bool> AskAsync(ScriptStep step, CancellationToken cancellationToken)
    {
        Add(new NpgsqlBatchCommand(step.Text), step);
        Trace();
        await using var batch = NewBatch();
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            if (reader.FieldCount == 0) return true;
            // The types that the database has made are not loaded here; asking such a value for itself would fail.
            var isTruth = reader.GetFieldType(0) == typeof(bool);
            var rows = 0;
            var passed = true;
            while (await reader.ReadAsync(cancellationToken))
            {
                rows++;
                passed &= isTruth && await reader.GetFieldValueAsync<bool?>(0, cancellationToken) is true;
            }

            return !step.MustBeTrue || (passed && rows > 0);
        }
        catch (PostgresException failure)
        {
            throw Failed(failure);
        }
    }

    private NpgsqlBatch NewBatch()
    {
        var batch = new NpgsqlBatch(session.Connection);
        foreach (var command in _commands) batch.BatchCommands.Add(command);
        return batch;
    }

    /// <summary>The COMMIT of the start is not meant: a message that holds no other one has committed nothing of the script.</summary>
    private bool IsBehindLastCommit(int index)
    {
        var commit = _commands.FindLastIndex(command => command.CommandText == "commit");
        return commit > (StartsScript ? 2 : -1) && index > commit;
    }

    private StatementFailedException Failed(PostgresException failure)
    {
        var index = failure.BatchCommand is NpgsqlBatchCommand command ? _commands.IndexOf(command) : -1;
        return index < 0
            ? new StatementFailedException(failure, index, null, null)
            : new StatementFailedException(failure, index, _origins[index], _commands[index].CommandText) { IsBehindCommit = IsBehindLastCommit(index) };
    }

    private void Add(NpgsqlBatchCommand command, ScriptStep? origin)
    {
        _commands.Add(command);
        _origins.Add(origin);
    }

    private void Trace()
    {
        if (!activity.WantsSql) return;
        foreach (var command in _commands) activity.Sql(mask.Apply(command.CommandText));
    }
}
