using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>The CSV files of a script's folder inside its transaction: what goes wrong is told as of a statement, so that it is tried again or recorded like one.</summary>
internal static class DataLoad
{
    public static async Task RunAsync(IScriptDataLoader loader, Database database, Session session, IReadOnlyList<string> files, IActivity activity, CancellationToken cancellationToken)
    {
        try
        {
            await loader.LoadAsync(database, session, files, activity, cancellationToken);
        }
        catch (EngineException lost) when (session.IsBroken)
        {
            throw lost.InnerException as NpgsqlException ?? new NpgsqlException(lost.Message, lost);
        }
        catch (ServerException refused) when (refused.InnerException is PostgresException failure && SqlStateFacts.IsRetryable(failure.SqlState))
        {
            throw new StatementFailedException(failure, -1, null, null);
        }
    }
}
