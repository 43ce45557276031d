using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>A longer piece of work with a session: what the driver throws leaves the engine as its own.</summary>
internal static class ServerCalls
{
    public static Task RunAsync(Session session, Func<Task> work) => ServerCall.RunAsync(async () =>
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception lost) when (session.IsBroken && lost is IOException or ObjectDisposedException or InvalidOperationException)
        {
            throw new NpgsqlException(lost.Message, lost);
        }
    }, session.Secrets);
}
