namespace Migrations.Engine.Rehearsal;

/// <summary>Whether a default is the same for every row, judged by the names of its functions. Only for those who have no rehearsal to ask.</summary>
internal static class Volatility
{
    /// <summary>Immutable and stable functions that stand in defaults, and the names of types that look like calls.</summary>
    private static readonly HashSet<string> s_steady =
    [
        "NOW", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_TIME", "LOCALTIME", "TRANSACTION_TIMESTAMP", "STATEMENT_TIMESTAMP", "TIMEZONE", "DATE_TRUNC", "DATE_PART", "EXTRACT",
        "TO_TIMESTAMP", "TO_CHAR", "TO_DATE", "MAKE_DATE", "MAKE_INTERVAL", "MAKE_TIMESTAMPTZ", "CURRENT_SETTING", "CURRENT_SCHEMA", "CURRENT_DATABASE", "LOWER", "UPPER", "TRIM", "CONCAT",
        "COALESCE", "NULLIF", "GREATEST", "LEAST", "CAST", "ROUND", "FLOOR", "CEIL", "ABS", "MD5", "SHA256", "ENCODE", "DECODE", "ARRAY", "ROW", "ARRAY_FILL", "JSON_BUILD_OBJECT", "JSON_BUILD_ARRAY",
        "JSONB_BUILD_OBJECT", "JSONB_BUILD_ARRAY", "TO_JSON", "TO_JSONB", "REPEAT", "LPAD", "RPAD", "TSRANGE", "TSTZRANGE", "DATERANGE", "INT4RANGE", "INT8RANGE", "NUMRANGE", "POINT", "INET", "HSTORE",
        "VARCHAR", "CHAR", "CHARACTER", "NUMERIC", "DECIMAL", "TIMESTAMP", "TIMESTAMPTZ", "TIME", "TIMETZ", "INTERVAL", "BIT", "VARBIT", "FLOAT",
    ];

    /// <summary>True when a function is called that nobody knows to be steady.</summary>
    public static bool IsLikely(IEnumerable<string> calls) => calls.Any(call => !s_steady.Contains(call));
}
