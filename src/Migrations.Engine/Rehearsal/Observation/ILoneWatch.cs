namespace Migrations.Engine.Rehearsal;

/// <summary>Watches one statement outside a transaction, whose locks are gone before anybody can ask its own session.</summary>
internal interface ILoneWatch : IAsyncDisposable
{
    /// <summary>The statement has ended.</summary>
    /// <returns>Every lock that it asked for or was seen to hold.</returns>
    Task<IReadOnlyList<SeenLock>> EndAsync(CancellationToken cancellationToken);
}
