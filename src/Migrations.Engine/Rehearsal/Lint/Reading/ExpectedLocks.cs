namespace Migrations.Engine.Rehearsal;

/// <summary>
/// The strongest lock of each table that an act takes, by PostgreSQL's documentation ("Explicit Locking"). Only for those who have no rehearsal to ask;
/// what hangs on a table that the words do not name (partitions, the other side of a foreign key that goes) is not in it.
/// </summary>
internal static class ExpectedLocks
{
    public static IEnumerable<(SqlName Table, LockMode Mode)> Of(Act act) => act switch
    {
        AddConstraint { Constraint: { Kind: ConstraintKind.ForeignKey, References: { } parent } } add => [(add.Table, LockMode.ShareRowExclusive), (parent, LockMode.ShareRowExclusive)],
        AddColumn { Column.References: { } parent } add => [(add.Table, LockMode.AccessExclusive), (parent, LockMode.ShareRowExclusive)],
        ValidateConstraint validate => [(validate.Table, LockMode.ShareUpdateExclusive)],
        AttachPartition attach => [(attach.Table, LockMode.ShareUpdateExclusive), (attach.Partition, LockMode.AccessExclusive)],
        DetachPartition { Concurrently: true } detach => [(detach.Table, LockMode.ShareUpdateExclusive)],
        DetachPartition detach => [(detach.Table, LockMode.AccessExclusive), (detach.Partition, LockMode.AccessExclusive)],
        MakeTrigger trigger => [(trigger.Table, LockMode.ShareRowExclusive)],
        CreateIndex index => [(index.Table, index.Concurrently ? LockMode.ShareUpdateExclusive : LockMode.Share)],
        WriteAnew { Kind: "TABLE", Concurrently: true } anew => [(anew.Target, LockMode.ShareUpdateExclusive)],
        WriteAnew { Kind: "TABLE", What: "REINDEX" } anew => [(anew.Target, LockMode.Share)],
        WriteAnew { Kind: "TABLE" } anew => [(anew.Target, LockMode.AccessExclusive)],
        RenameRelation { Kind: "TABLE" } rename => [(rename.Name, LockMode.AccessExclusive)],
        DropObject { Kind: "TABLE" } drop => [(drop.Name, LockMode.AccessExclusive)],
        CreateTable create => Parents(create),
        LockTables locks => locks.Tables.Select(table => (table, locks.Mode)),
        RefreshView refresh => [(refresh.View, refresh.Concurrently ? LockMode.Exclusive : LockMode.AccessExclusive)],
        WriteAll or WriteRows => [(((TableAct)act).Table, LockMode.RowExclusive)],
        TruncateTable or AddColumn or DropColumn or RenameColumn or ChangeType or SetNotNull or DropNotNull or SetDefault or AddConstraint or DropConstraint or EnableRowSecurity
            => [(((TableAct)act).Table, LockMode.AccessExclusive)],
        _ => [],
    };

    private static IEnumerable<(SqlName Table, LockMode Mode)> Parents(CreateTable create)
    {
        if (create.PartitionOf is { } partitioned) yield return (partitioned, LockMode.AccessExclusive);
        foreach (var parent in create.Columns.Select(c => c.References).Concat(create.Constraints.Select(c => c.References)).OfType<SqlName>())
            yield return (parent, LockMode.ShareRowExclusive);
    }
}
