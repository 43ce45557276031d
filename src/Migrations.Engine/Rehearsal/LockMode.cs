namespace Migrations.Engine.Rehearsal;

/// <summary>PostgreSQL's table-level lock modes, the weakest first ("Explicit Locking").</summary>
public enum LockMode
{
    AccessShare = 1,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}
