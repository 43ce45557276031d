using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>The rows of a COPY ... FROM STDIN, sent as bytes through the COPY protocol inside the script's transaction.</summary>
internal static class CopyIn
{
    public static async Task RunAsync(Session session, ScriptStep step, CopySource rows, CancellationToken cancellationToken)
    {
        try
        {
            if (IsBinary(step.Text))
            {
                var copy = await session.Connection.BeginRawBinaryCopyAsync(step.Text, cancellationToken);
                await SendAsync(rows, copy, copy.CancelAsync, cancellationToken);
                await copy.DisposeAsync();
            }
            else
            {
                // The bytes go to the stream under the writer: nothing is encoded twice.
                var copy = await session.Connection.BeginTextImportAsync(step.Text, cancellationToken);
                await SendAsync(rows, copy.BaseStream, copy.CancelAsync, cancellationToken);
                await copy.DisposeAsync();
            }
        }
        catch (PostgresException failure)
        {
            throw new StatementFailedException(failure, -1, step, step.Text);
        }
    }

    /// <summary>On failure the copy is cancelled and never disposed: disposing would commit the rows sent so far.</summary>
    private static async Task SendAsync(CopySource rows, Stream destination, Func<Task> cancel, CancellationToken cancellationToken)
    {
        try
        {
            await rows.WriteToAsync(destination, cancellationToken);
        }
        catch (Exception failure) when (failure is not PostgresException)
        {
            await cancel();
            throw;
        }
    }

    private static bool IsBinary(string copy) => new SqlLexer(copy).Tokens.Any(token =>
        token.Kind == TokenKind.Word && copy.AsSpan(token.Start, token.Length).Equals("binary", StringComparison.OrdinalIgnoreCase));
}
