using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>A line such as <c>-- +goose Up</c>: the markers of goose, which mean the same as ours where ours exist.</summary>
internal static partial class GooseAnnotation
{
    /// <summary>Of the directives that are goose's own.</summary>
    public const string Name = "goose";

    private const string NoTransaction = "no transaction";
    private const string StatementEnd = "statementend";

    private static readonly string[] s_known = ["up", "down", "statementbegin", StatementEnd, NoTransaction, "envsub off"];

    /// <summary>What stands behind <c>+goose</c>, in lower case and with single spaces; null when the comment is none of goose's.</summary>
    public static string? TextOf(string comment) =>
        Pattern().Match(comment) is { Success: true } match ? string.Join(' ', match.Groups["text"].Value.ToLowerInvariant().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)) : null;

    public static bool IsSection(string text) => text is "up" or "down";

    /// <summary>The lexer knows where a statement ends; that a script has the brackets or not changes nothing of what it does.</summary>
    public static bool IsBracket(Directive directive) => directive.IsGoose && directive.Arguments is "statementbegin" or StatementEnd or "envsub off";

    public static bool EndsStatement(Directive directive) => directive is { IsGoose: true, Arguments: StatementEnd };

    /// <summary>It counts for the whole file, wherever it stands.</summary>
    public static bool SwitchesTransactionOff(Directive directive) => directive is { IsGoose: true, Arguments: NoTransaction };

    /// <exception cref="ScriptException"><c>DirectiveUnsupported</c>, <c>SectionUnknown</c>: a typo must not turn a down into an up.</exception>
    public static void Check(Directive directive, SourcePosition position)
    {
        if (!directive.IsGoose || s_known.Contains(directive.Arguments)) return;
        if (directive.Arguments == "envsub on")
        {
            throw new ScriptException("DirectiveUnsupported", FailureKind.Refused, "goose would replace ${NAME} by variables of the environment here; scripts see no environment.",
                "Take the line out, write :'name' for ${NAME}, and pass the value with -Variable.", position);
        }

        throw new ScriptException("SectionUnknown", FailureKind.Syntax, $"'{directive.Arguments}' is none of goose's markers.{NearestName.Suggest(directive.Arguments, s_known)}",
            "They are -- +goose Up, Down, StatementBegin, StatementEnd and NO TRANSACTION.", position);
    }

    [GeneratedRegex(@"^--[ \t]*\+goose[ \t]*(?<text>.*?)\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Pattern();
}
