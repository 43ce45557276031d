using System.Collections.Frozen;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>
/// Finds statements whose words do not tell what they do: text that is put together at run time, procedures, functions that are not the server's own.
/// A trigger, a default or an operator may call a function as well, and no word shows it: that takes the report of a rehearsal.
/// </summary>
internal static class Opaque
{
    private static readonly string[] s_calling = ["SELECT", "VALUES", "WITH", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE", "DO", "COPY", "EXPLAIN", "REFRESH MATERIALIZED VIEW"];

    /// <summary>Behind these a name with a parenthesis is no call.</summary>
    private static readonly string[] s_naming = ["INTO", "TABLE", "ON", "REFERENCES", "UPDATE", "COPY", "AS", "WITH", "RECURSIVE", "VIEW", "INDEX", "ONLY", "FUNCTION", "PROCEDURE", "TYPE", "CONSTRAINT", "MATERIALIZED"];

    private static readonly FrozenSet<string> s_known = string.Join(' ',
        // Words of the language.
        "in exists values and or not if elsif when then else case select from where on using as key unique check references over filter group by with union all any some distinct lateral set",
        "conflict include returning array row rows between like ilike is cast limit offset order partition range loop while return into default primary foreign exclude within except intersect raise",
        "like having window do nothing begin end declare perform execute end intersect join left right full inner cross for foreach of to concurrently",
        // Types.
        "varchar char character varying numeric decimal timestamp timestamptz time timetz bit float interval precision varbit bpchar",
        // Functions of the server that change nothing but a sequence or a setting of the session.
        "abs age any_value array_agg array_append array_cat array_length array_position array_prepend array_remove array_replace array_to_string ascii avg bit_and bit_or bool_and bool_or btrim cardinality",
        "ceil ceiling char_length chr clock_timestamp coalesce col_description concat concat_ws convert_from convert_to corr count cume_dist current_database current_schema current_schemas current_setting currval",
        "date_part date_bin date_trunc date decode dense_rank digest div encode every exp extract first_value floor format format_type gen_random_uuid uuidv4 uuidv7 generate_series generate_subscripts get_byte",
        "greatest grouping has_column_privilege has_function_privilege has_schema_privilege has_table_privilege hashtext initcap isfinite json_agg json_array_elements json_build_array json_build_object",
        "json_object_agg jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_object_agg jsonb_object_keys jsonb_path_query",
        "jsonb_set jsonb_strip_nulls jsonb_typeof justify_days lag last_value lastval lead least left length ln localtime localtimestamp log lower lpad ltrim make_date make_interval make_timestamp make_timestamptz",
        "max md5 min mod mode now nextval nth_value ntile nullif num_nonnulls obj_description octet_length overlay percent_rank percentile_cont percentile_disc pg_get_constraintdef pg_get_expr pg_get_indexdef",
        "pg_get_serial_sequence pg_get_viewdef pg_relation_size pg_table_is_visible pg_total_relation_size pg_typeof position power quote_ident quote_literal quote_nullable random rank regexp_count regexp_match",
        "regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table repeat replace reverse right round row_number row_to_json rpad rtrim set_config setseed setval sha224 sha256 sha384 sha512 sign split_part sqrt",
        "starts_with statement_timestamp stddev string_agg string_to_array string_to_table strpos substr substring sum timeofday to_char to_date to_hex to_json to_jsonb to_number to_regclass to_regproc to_regtype",
        "to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim trunc txid_current unnest upper variance width_bucket pg_advisory_xact_lock version current_date current_time current_timestamp")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <returns>What nobody can read, for a person; null: all is there.</returns>
    public static string? Why(PolicyStatement statement)
    {
        var (verb, texts) = (statement.Verb, statement.Texts);
        if (verb is "CALL" or "EXECUTE") return $"{verb} runs what is written elsewhere";
        // A body that is only kept does nothing yet.
        if (verb.StartsWith("CREATE", StringComparison.Ordinal) && (verb.EndsWith("FUNCTION", StringComparison.Ordinal) || verb.EndsWith("PROCEDURE", StringComparison.Ordinal))) return null;
        if (RunTimeText.IsIn(statement.Step)) return $"{verb} runs text that is only put together at run time";
        if (!s_calling.Contains(verb) && !(verb.StartsWith("CREATE", StringComparison.Ordinal) && texts[0].IndexOf(0, "SELECT", "VALUES") > 0 && (verb.Contains("MATERIALIZED", StringComparison.Ordinal) || !verb.EndsWith("VIEW", StringComparison.Ordinal)))) return null;
        return texts.Select(Called).FirstOrDefault(name => name is not null) is { } called ? $"{verb} calls {called}, whose body is not here" : null;
    }

    private static string? Called(PolicyText text)
    {
        for (var i = 0; i + 1 < text.Words.Count; i++)
        {
            var word = text[i];
            if (word.Kind is not (TokenKind.Word or TokenKind.QuotedIdentifier) || text[i + 1].Kind != TokenKind.OpenParen) continue;
            var schema = text[i - 1].Kind == TokenKind.Dot ? text[i - 2].Name : null;
            if (schema == "pg_catalog" || text[schema is null ? i - 1 : i - 3].IsAny(s_naming)) continue;
            // CREATE TABLE IF NOT EXISTS t (
            if (text.HasAt((schema is null ? i : i - 2) - 2, "NOT", "EXISTS")) continue;
            if (schema is null && word.Name is { } name && s_known.Contains(name)) continue;
            return schema is null ? word.Text : $"{schema}.{word.Text}";
        }

        return null;
    }
}
