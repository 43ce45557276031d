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
                await SendAsync(rows, copy, copy.CancelAsync, step.Position, cancellationToken);
                await copy.DisposeAsync();
            }
            else
            {
                // The bytes go to the stream under the writer: nothing is encoded twice.
                var copy = await session.Connection.BeginTextImportAsync(step.Text, cancellationToken);
                await SendAsync(rows, copy.BaseStream, copy.CancelAsync, step.Position, cancellationToken);
                await copy.DisposeAsync();
            }
        }
        catch (PostgresException failure)
        {
            throw new StatementFailedException(failure, -1, step, step.Text);
        }
    }

    /// <summary>On failure the copy is cancelled and never disposed: disposing would commit the rows sent so far.</summary>
    private static async Task SendAsync(CopySource rows, Stream destination, Func<Task> cancel, SourcePosition position, CancellationToken cancellationToken)
    {
        try
        {
            await rows.WriteToAsync(destination, cancellationToken);
        }
        catch (Exception failure) when (failure is not PostgresException)
        {
            await cancel();
            if (failure is IOException or UnauthorizedAccessException && rows.FilePath is { } file)
            {
                throw new ScriptException("DataNotReadable", FailureKind.Resource, $"The rows in {file} cannot be read: {failure.Message}",
                    "Nothing of the script's transaction remains. Make the file readable and run again.", position, failure);
            }

            throw;
        }
    }

    public static bool IsBinary(string copy) => new SqlLexer(copy).Tokens.Any(token =>
        token.Kind == TokenKind.Word && copy.AsSpan(token.Start, token.Length).Equals("binary", StringComparison.OrdinalIgnoreCase));
}
