namespace Migrations.Engine.Audit;

/// <summary>What became of an audit chain, from well to worst.</summary>
public enum AuditState
{
    /// <summary>Every entry is there, is what was hashed, and agrees with the anchors.</summary>
    Intact,

    /// <summary>The chain holds, but no anchor outside of the database says how long it must be, or that it was not written anew.</summary>
    Unanchored,

    /// <summary>The chain holds; a script or run that began has no end on record, and nothing after it explains that.</summary>
    Incomplete,

    /// <summary>An anchor knows entries that are gone, and the database is another one or on another timeline than it was then: an older backup.</summary>
    RolledBack,

    /// <summary>An anchor knows entries that are gone from the end.</summary>
    Truncated,

    /// <summary>An entry, or a row that entries speak of, is gone.</summary>
    Missing,

    /// <summary>Two entries follow the same one.</summary>
    Forked,

    /// <summary>An entry, or a row that entries speak of, is not what it was; or all of it was written anew since an anchor.</summary>
    Modified,
}
