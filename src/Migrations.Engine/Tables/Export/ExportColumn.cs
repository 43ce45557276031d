namespace Migrations.Engine.Tables;

/// <param name="Type">As SQL writes it.</param>
/// <param name="BaseType">pg_type.typname, of a domain that of what it is over.</param>
/// <param name="Category">pg_type.typcategory.</param>
internal sealed record ExportColumn(string Name, string Type, string BaseType, char Category, bool IsGenerated)
{
    public bool IsMoney => BaseType == "money";

    /// <summary>
    /// Whether a value may begin like a formula: all but numbers, dates and what the server writes with a bracket, a digit or a letter first.
    /// A type that somebody has made may write anything.
    /// </summary>
    public bool MayHoldFormula => Category is 'S' or 'E' or 'U' or 'X' or 'Z' && BaseType is not ("json" or "jsonb" or "uuid" or "bytea" or "pg_lsn" or "tsvector");

    /// <summary>A name of an object, which the server writes with its schema only when it is not in the search_path.</summary>
    public bool IsObjectName => BaseType is "regclass" or "regproc" or "regprocedure" or "regoper" or "regoperator" or "regtype" or "regconfig" or "regdictionary" or "regcollation"
        or "_regclass" or "_regproc" or "_regprocedure" or "_regoper" or "_regoperator" or "_regtype" or "_regconfig" or "_regdictionary" or "_regcollation";
}
