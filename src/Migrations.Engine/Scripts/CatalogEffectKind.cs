namespace Migrations.Engine.Scripts;

/// <summary>How the catalog shows whether a statement took effect.</summary>
public enum CatalogEffectKind
{
    /// <summary>Nothing to ask: running it again does no harm (VACUUM, CLUSTER, REFRESH, SET PUBLICATION).</summary>
    Repeatable,

    CreateIndex,
    DropIndex,
    ReindexIndex,
    ReindexTable,
    ReindexSchema,

    /// <summary>Of a whole database, or of its system catalogs.</summary>
    ReindexDatabase,

    DetachPartition,
    CreateDatabase,
    DropDatabase,
    MoveDatabase,
    CreateTablespace,
    DropTablespace,
    CreateSubscription,
    DropSubscription,

    /// <summary>COMMIT or ROLLBACK PREPARED; the name is the literal.</summary>
    EndPrepared,
}
