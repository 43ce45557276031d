namespace Migrations.Engine.Tables;

public enum ImportMode
{
    Append,

    /// <summary>The table is emptied in the same transaction.</summary>
    Truncate,

    /// <summary>A row whose key is there already is updated.</summary>
    Upsert,
}
