using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>Inside the runner only: the server refused a command of a message. It leaves the engine as a <see cref="MigrationFailedException"/>.</summary>
/// <param name="index">Position of the command in its message; -1 when the server did not say.</param>
/// <param name="step">The statement of the script, or null when the command was ours.</param>
#pragma warning disable CA1064 // Never crosses the engine's edge.
internal sealed class StatementFailedException(PostgresException failure, int index, ScriptStep? step, string? command)
    : Exception(failure.MessageText, failure)
#pragma warning restore CA1064
{
    public PostgresException Failure => failure;

    public int Index => index;

    /// <summary>The transaction was committed before: what failed is what came after it.</summary>
    public bool IsBehindCommit { get; init; }

    public ScriptStep? Step => step;

    public string? Command => command;
}
