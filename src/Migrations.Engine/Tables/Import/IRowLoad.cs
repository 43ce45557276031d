namespace Migrations.Engine.Tables;

/// <summary>How the chunks that come through a lane become rows.</summary>
internal interface IRowLoad
{
    Task BeginAsync(CancellationToken cancellationToken);

    /// <summary>The chunk may be reused when this has returned.</summary>
    Task LoadAsync(Chunk chunk, CancellationToken cancellationToken);

    /// <summary>All that was given is in the table, as far as the transaction goes, and counted.</summary>
    Task EndAsync(CancellationToken cancellationToken);

    /// <summary>Lets go of what is open, before the transaction is rolled back.</summary>
    Task CancelAsync();
}
