using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>A question to the server whose failures leave the engine as its own: the driver's exceptions stay inside.</summary>
internal static class ServerCall
{
    /// <param name="advice">A better way out than the general one, for some SQLSTATEs.</param>
    /// <exception cref="ServerException">The server refused.</exception>
    /// <exception cref="EngineException">ConnectionLost.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> call, SecretMask? secrets = null, Func<string, string?>? advice = null)
    {
        try
        {
            return await call();
        }
        catch (PostgresException failure) when (!SqlStateFacts.IsConnectionLost(failure.SqlState))
        {
            throw ServerException.From(failure, secrets, advice?.Invoke(failure.SqlState));
        }
        catch (NpgsqlException failure)
        {
            throw new EngineException("ConnectionLost", FailureKind.Connection, $"The connection was lost: {secrets?.Apply(failure.Message) ?? failure.Message}",
                "Check the server and the network, then run again.");
        }
    }
}
