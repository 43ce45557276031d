using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Finds statements that run text which only comes to be while they run: what such text does, no reading of the script can tell. Errs on the side of
/// caution, since who is found here is rehearsed all the same, only with fewer rights.
/// </summary>
internal static partial class RunTimeText
{
    /// <summary>Statements that call no function but those of the server itself.</summary>
    private static readonly string[] s_inert = ["CREATE EXTENSION", "DROP EXTENSION", "CREATE ROLE", "ALTER ROLE", "DROP ROLE", "CREATE USER", "ALTER USER", "DROP USER", "GRANT", "REVOKE", "COMMENT", "SET", "RESET"];

    /// <summary>The same in the bodies of functions, as the server's regular expressions are written.</summary>
    public const string InBodies = @"\mexecute\M|\m(query_to_xml|query_to_xmlschema|query_to_xml_and_xmlschema|ts_stat|ts_rewrite|crosstab\w*|connectby|xpath_table)\M";

    /// <returns>Where, for a person; null when every word that will be run is there to be read.</returns>
    public static string? Find(Script script) => script.Sections.SelectMany(section => section.Steps)
        .Where(IsIn).Select(step => $"{script.RelativePath}, line {step.Position.Line}, runs text that is only put together at run time").FirstOrDefault();

    /// <summary>Whether a function that is there could be called: by name, as a trigger, a default, a rule or an operator.</summary>
    public static bool MayCall(Script script) => script.Sections.SelectMany(section => section.Steps).Any(step => !s_inert.Contains(step.Facts.Verb));

    /// <summary>Whether an error for want of a right might be caught, and so not be seen.</summary>
    public static bool MayCatch(Script script) => script.Sections.SelectMany(section => section.Steps).Any(step => Catching().IsMatch(step.Text));

    public static bool IsIn(ScriptStep step)
    {
        if (step.Facts.Verb == "EXECUTE") return false;
        return Running().IsMatch(step.Text) || Language().IsMatch(step.Text) || Catalog().IsMatch(step.Text) || (Routine().IsMatch(step.Text) && Escaped().IsMatch(step.Text));
    }

    /// <summary>Not the EXECUTE of a trigger (a name and a parenthesis, which is no expression) nor of a grant (ON begins none).</summary>
    [GeneratedRegex("""\bexecute\b(?!\s+on\b|\s+(?:function|procedure)\s+[\w$."]+\s*\()|\b(?:query_to_xml|query_to_xmlschema|query_to_xml_and_xmlschema|ts_stat|ts_rewrite|crosstab\w*|connectby|xpath_table)\b""", RegexOptions.IgnoreCase)]
    private static partial Regex Running();

    /// <summary>Of a language that is neither SQL nor PL/pgSQL only its own interpreter knows.</summary>
    [GeneratedRegex("""\blanguage\s+(?!['"]?(?:sql|plpgsql|internal|c)\b)['"\w]""", RegexOptions.IgnoreCase)]
    private static partial Regex Language();

    /// <summary>A superuser may rewrite a function behind everybody's back.</summary>
    [GeneratedRegex(@"\b(?:update|insert\s+into|merge\s+into)\s+(?:only\s+)?(?:pg_catalog\s*\.\s*)?""?pg_", RegexOptions.IgnoreCase)]
    private static partial Regex Catalog();

    [GeneratedRegex(@"\b(?:do|function|procedure|prepare)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Routine();

    /// <summary>Words may hide behind escapes.</summary>
    [GeneratedRegex("""(?<![\w$])(?:e'|u&['"])""", RegexOptions.IgnoreCase)]
    private static partial Regex Escaped();

    [GeneratedRegex(@"\bwhen\b[^;]*?\b(?:others|insufficient_privilege|42501)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Catching();
}
