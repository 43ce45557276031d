using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>A COPY that takes records. Whatever does not end with <see cref="CompleteAsync"/> ends with a cancel: disposing the driver's writer would commit.</summary>
internal sealed class OpenCopy
{
    private readonly NpgsqlCopyTextWriter _writer;
    private readonly RecordWriter _records;

    private OpenCopy(NpgsqlCopyTextWriter writer, ImportFile file, RecordWriter records) => (_writer, File, _records) = (writer, file, records);

    public ImportFile File { get; }

    /// <exception cref="PostgresException">The table or its columns are not as they were, or a right is missing.</exception>
    public static async Task<OpenCopy> BeginAsync(Session session, string text, ImportFile file, RecordWriter records, CancellationToken cancellationToken)
    {
        var copy = new OpenCopy(await session.Connection.BeginTextImportAsync(text, cancellationToken), file, records);
        await copy.SendAsync(async () =>
        {
            await copy._writer.BaseStream.WriteAsync(CopyText.HeaderLine(file.Dialect.LineEnd), cancellationToken);
            return true;
        });
        return copy;
    }

    /// <returns>How many lines that is for the server.</returns>
    public Task<long> WriteAsync(Chunk chunk, ReadOnlyMemory<byte> records, CancellationToken cancellationToken) =>
        SendAsync(() => _records.WriteAsync(_writer.BaseStream, chunk, records, cancellationToken));

    /// <summary>The driver waits for the server without a token, and checks at the end of a COPY may take long: a stop does not wait, and the session is ended by who owns it.</summary>
    /// <remarks>The stream and not its writer, whose DisposeAsync, as of all that derive from StreamWriter, blocks the thread: no stop would be heard.</remarks>
    /// <exception cref="PostgresException">The server refused a row.</exception>
    public Task CompleteAsync(CancellationToken cancellationToken) => _writer.BaseStream.DisposeAsync().AsTask().WaitAsync(cancellationToken);

    public async Task CancelAsync()
    {
        try
        {
            await _writer.CancelAsync();
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException or IOException or ObjectDisposedException)
        {
            // The transaction goes with the session.
        }
    }

    private async Task<T> SendAsync<T>(Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (Exception failure) when (failure is not PostgresException)
        {
            await CancelAsync();
            throw;
        }
    }
}
