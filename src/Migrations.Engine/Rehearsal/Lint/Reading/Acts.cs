namespace Migrations.Engine.Rehearsal;

/// <summary>One thing that a statement does to the schema or to a whole table, whoever told it: the words, or the catalog afterwards.</summary>
internal abstract record Act;

/// <summary>Something done to a table that is there.</summary>
internal abstract record TableAct(SqlName Table) : Act;

internal sealed record AddColumn(SqlName Table, ColumnDefinition Column) : TableAct(Table);

internal sealed record DropColumn(SqlName Table, string Column) : TableAct(Table);

internal sealed record RenameColumn(SqlName Table, string Column, string To) : TableAct(Table);

/// <param name="Type">As written: what stands in front of COLLATE and USING.</param>
internal sealed record ChangeType(SqlName Table, string Column, string Type, string? Collation, bool Converts) : TableAct(Table);

internal sealed record SetNotNull(SqlName Table, string Column) : TableAct(Table);

internal sealed record DropNotNull(SqlName Table, string Column) : TableAct(Table);

internal sealed record SetDefault(SqlName Table, string Column) : TableAct(Table);

internal sealed record AddConstraint(SqlName Table, ConstraintDefinition Constraint) : TableAct(Table);

internal sealed record ValidateConstraint(SqlName Table, string Name) : TableAct(Table);

internal sealed record DropConstraint(SqlName Table, string Name) : TableAct(Table);

/// <param name="Bounds">As written, from FOR VALUES or DEFAULT on.</param>
internal sealed record AttachPartition(SqlName Table, SqlName Partition, string Bounds) : TableAct(Table);

internal sealed record DetachPartition(SqlName Table, SqlName Partition, bool Concurrently) : TableAct(Table);

/// <param name="Name">As written; null: all of them.</param>
internal sealed record MakeTrigger(SqlName Table, string? Name, bool Switches) : TableAct(Table);

internal sealed record EnableRowSecurity(SqlName Table) : TableAct(Table);

internal sealed record CreatePolicy(SqlName Table) : TableAct(Table);

/// <summary>SET TABLESPACE, LOGGED, UNLOGGED, ACCESS METHOD, CLUSTER, VACUUM FULL, REINDEX: a new file for what is there.</summary>
/// <param name="What">In the statement's words: <c>SET TABLESPACE</c>.</param>
/// <param name="Kind">TABLE, INDEX, SCHEMA, DATABASE or SYSTEM.</param>
internal sealed record WriteAnew(SqlName Target, string What, string Kind, bool Concurrently) : Act;

/// <summary>Anything of ALTER TABLE that no rule asks for.</summary>
internal sealed record AlterOther(SqlName Table, string Words) : TableAct(Table);

/// <param name="To">The new name with its schema, as written.</param>
internal sealed record RenameRelation(SqlName Name, SqlName To, string Kind) : Act;

internal sealed record CreateTable(
    SqlName Name, IReadOnlyList<ColumnDefinition> Columns, IReadOnlyList<ConstraintDefinition> Constraints, SqlName? PartitionOf, string Bounds, bool IsPartitioned, bool IsTemporary) : Act;

/// <summary>A view, a materialised view or a sequence that was not there.</summary>
internal sealed record CreateRelation(SqlName Name, string Kind) : Act;

/// <param name="Name">Null: the server chooses one.</param>
/// <param name="Keys">Columns and expressions of the key, as written.</param>
internal sealed record CreateIndex(
    SqlName Table, SqlName? Name, bool Only, bool Concurrently, bool IfNotExists, bool IsUnique, string Method, IReadOnlyList<string> Keys, string Rest) : TableAct(Table)
{
    /// <summary>Empty when it has none.</summary>
    public string FirstKey => Keys is [var first, ..] ? first : "";
}

/// <param name="Kind">TABLE, INDEX, VIEW, MATERIALIZED VIEW, SCHEMA, DATABASE, FUNCTION, TYPE ...</param>
internal sealed record DropObject(SqlName Name, string Kind, bool Concurrently) : Act;

/// <summary>Makes an object of a kind that DROP takes away, so that one that is made again is not missed.</summary>
internal sealed record CreateObject(SqlName Name, string Kind) : Act;

internal sealed record WriteAll(SqlName Table, bool Deletes) : TableAct(Table);

/// <summary>Rows are written or read, some of them: INSERT, UPDATE ... WHERE, COPY.</summary>
internal sealed record WriteRows(SqlName Table) : TableAct(Table);

internal sealed record TruncateTable(SqlName Table, bool Cascades) : TableAct(Table);

internal sealed record LockTables(IReadOnlyList<SqlName> Tables, LockMode Mode) : Act;

internal sealed record RefreshView(SqlName View, bool Concurrently) : Act;

internal sealed record CreateEnum(SqlName Type) : Act;

internal sealed record AddEnumValue(SqlName Type, string Value, bool Placed) : Act;

internal sealed record RenameEnumValue(SqlName Type, string Value, string To) : Act;

/// <param name="Constraint">Null: SET NOT NULL.</param>
internal sealed record TightenDomain(SqlName Domain, ConstraintDefinition? Constraint) : Act;

internal sealed record CreateDomain(SqlName Domain, bool IsConstrained) : Act;

/// <param name="Setting">In lower case; <c>timezone</c> for SET TIME ZONE.</param>
internal sealed record SetSetting(string Setting, string Value) : Act;
