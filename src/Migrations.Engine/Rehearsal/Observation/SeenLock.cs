namespace Migrations.Engine.Rehearsal;

/// <param name="Mode">As pg_locks writes it: <c>AccessExclusiveLock</c>.</param>
internal sealed record SeenLock(uint Relation, string Mode)
{
    public LockMode LockMode => Enum.Parse<LockMode>(Mode[..^"Lock".Length]);
}
