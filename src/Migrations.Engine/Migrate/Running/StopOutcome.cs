namespace Migrations.Engine.Migrate;

public enum StopOutcome
{
    /// <summary>It was cancelled, and recorded itself how it ended.</summary>
    Cancelled,

    /// <summary>It did not answer the cancel, and its session was ended; it could record nothing more.</summary>
    Terminated,

    /// <summary>It had ended before anything was done.</summary>
    AlreadyEnded,
}
