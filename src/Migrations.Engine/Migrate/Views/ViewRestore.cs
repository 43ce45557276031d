using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>A statement that drops a view, makes it again, or gives it what it had.</summary>
/// <param name="Text">As it is sent.</param>
/// <param name="IsDrop">It takes the view away.</param>
/// <param name="MadeLater">A later script of this run makes the view anew.</param>
internal sealed record ViewRestore(string View, string Text, bool IsDrop = false, bool MadeLater = false)
{
    public string Purpose => IsDrop ? "cannot be dropped and made again" : "cannot be made again as it was";

    public string Advice(string script) => MadeLater
        ? $"A later script of this run makes {View} anew, but what else it has (grants, comments, indexes) would be lost between the two: put both views in one file."
        : IsDrop ? $"Drop and make again what depends on {View} in this script, by hand."
        : $"Change {View} in the same run: in the same file, or as a repeatable of its own with requires: {script}.";

    /// <summary>All of them or none: the old definition may not fit any more, and a later script says the new one.</summary>
    public static ViewRestore Optional(string view, IEnumerable<string> statements) => new(view,
        $"do {Literal.Quote($"begin {string.Concat(statements.Select(statement => $"execute {Literal.Quote(statement)}; "))}exception when others then raise notice '% is left to a later script: %', {Literal.Quote(view)}, sqlerrm; end")}",
        MadeLater: true);

    /// <summary>The script's words say that it makes the view; words can be wrong about the schema.</summary>
    public static ViewRestore IsThere(string view) => new(view,
        $"do {Literal.Quote($"begin if pg_catalog.to_regclass({Literal.Quote(view)}) is null then raise undefined_table using message = 'the script was taken to make it, and has not'; end if; end")}");

    /// <summary>Of a column that the script's own definition of the view may no longer have.</summary>
    public static ViewRestore OfColumn(string view, string column, string statement) => new(view,
        $"do {Literal.Quote($"begin if exists (select from pg_catalog.pg_attribute where attrelid = {Literal.Quote(view)}::pg_catalog.regclass and attname = {Literal.Quote(column)} and attnum > 0) then execute {Literal.Quote(statement)}; end if; end")}");
}
