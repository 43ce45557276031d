using System.Threading.Channels;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>Receives the text of one COPY as it comes from the server.</summary>
internal sealed class CopyOut(Session session, BlockPool pool)
{
    /// <exception cref="EngineException">ServerError, ConnectionLost.</exception>
    public async Task RunAsync(string copy, ChannelWriter<Block> output, CancellationToken cancellationToken) =>
        await ServerCall.RunAsync(async () =>
        {
            // The bytes are under the reader: nothing is decoded.
            var reader = await session.Connection.BeginTextExportAsync(copy, cancellationToken);
            // Reading does not listen to a token; the server does.
            await using (cancellationToken.UnsafeRegister(_ => _ = Task.Run(reader.Cancel, CancellationToken.None), null))
            {
                // The driver gives one row a call, so an awaited call a row would cost more than the row: a thread that may block does it.
                await Task.Factory.StartNew(() => Fill(reader.BaseStream, output, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            await reader.DisposeAsync();
            return true;
        }, session.Secrets);

    private void Fill(Stream text, ChannelWriter<Block> output, CancellationToken cancellationToken)
    {
        for (var more = true; more;)
        {
            var buffer = pool.Rent();
            var length = 0;
            while (length < buffer.Length)
            {
                var read = text.Read(buffer, length, buffer.Length - length);
                more = read > 0;
                if (!more) break;
                length += read;
            }

            cancellationToken.ThrowIfCancellationRequested();
            var block = new Block(buffer, length);
            if (!output.TryWrite(block)) output.WriteAsync(block, cancellationToken).AsTask().GetAwaiter().GetResult();
        }
    }
}
