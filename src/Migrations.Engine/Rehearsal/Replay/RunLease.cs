namespace Migrations.Engine.Rehearsal;

/// <summary>For how long a script runs with which rights.</summary>
/// <param name="restraint">Null: it has all.</param>
internal sealed class RunLease(IAsyncDisposable? restraint, string? note) : IAsyncDisposable
{
    /// <summary>What a reader has to know of it; null: nothing.</summary>
    public string? Note => note;

    /// <summary>False: to place rows might call what must not be called with all rights.</summary>
    public bool PlacesRows { get; init; } = true;

    public ValueTask DisposeAsync() => restraint?.DisposeAsync() ?? ValueTask.CompletedTask;
}
