namespace Migrations.Engine.Migrate;

/// <summary>What the reading of definitions changes in the session, as it was before.</summary>
internal sealed record ReadingSettings(string Path, string DateStyle, string IntervalStyle, string FloatDigits, string Isolation)
{
    public const string Sql = """
        select pg_catalog.current_setting('search_path') as "Path", pg_catalog.current_setting('DateStyle') as "DateStyle",
               pg_catalog.current_setting('IntervalStyle') as "IntervalStyle", pg_catalog.current_setting('extra_float_digits') as "FloatDigits",
               pg_catalog.current_setting('transaction_isolation') as "Isolation"
        """;

    /// <summary>With nothing in the path the server writes every name in full, and dates and the like so that any session reads them back as they were.</summary>
    public const string Neutral = """
        select pg_catalog.set_config('search_path', '', true), pg_catalog.set_config('DateStyle', 'ISO', true),
               pg_catalog.set_config('IntervalStyle', 'postgres', true), pg_catalog.set_config('extra_float_digits', '1', true)
        """;

    public const string Back = """
        select pg_catalog.set_config('search_path', @Path, true), pg_catalog.set_config('DateStyle', @DateStyle, true),
               pg_catalog.set_config('IntervalStyle', @IntervalStyle, true), pg_catalog.set_config('extra_float_digits', @FloatDigits, true)
        """;
}
