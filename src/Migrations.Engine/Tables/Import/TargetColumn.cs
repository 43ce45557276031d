namespace Migrations.Engine.Tables;

/// <summary>A column of the table that rows go into.</summary>
/// <param name="Type">As format_type writes it.</param>
/// <param name="TypeOid">Of the type, or of a domain's base.</param>
/// <param name="IsGenerated">The server computes it; COPY refuses a value.</param>
/// <param name="Sequence">The sequence that feeds it, quoted and qualified; null when none does.</param>
internal sealed record TargetColumn(string Name, string Type, uint TypeOid, bool IsGenerated, bool IsNotNull, bool HasDefault, bool IsIdentityAlways, string? Sequence)
{
    // bool, int8, int2, int4, oid, json, float4, float8, money, macaddr, inet, cidr, date, time, timestamp, timestamptz, interval, timetz, numeric, uuid, jsonb, macaddr8
    private static readonly HashSet<uint> s_neverEmpty =
        [16, 20, 21, 23, 26, 114, 700, 701, 790, 829, 869, 650, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950, 3802, 774];

    /// <summary>An empty text is no value of its type, so a quoted empty one can only mean NULL.</summary>
    public bool IsNeverEmpty => s_neverEmpty.Contains(TypeOid);
}
