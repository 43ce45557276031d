namespace Migrations.Engine.Migrate;

/// <summary>How an earlier try of a statement outside a transaction ended.</summary>
internal enum StepEnd
{
    /// <summary>It was never begun.</summary>
    None,

    /// <summary>The server refused or ended it, and may have left something behind.</summary>
    Failed,

    /// <summary>Nobody saw it end: the session, the server or this program was cut off.</summary>
    InDoubt,
}
