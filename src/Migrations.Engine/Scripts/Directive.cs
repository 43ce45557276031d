using System.Globalization;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>A comment at the start of a line that is more than prose: a section marker or an instruction.</summary>
/// <param name="Name">In lower case.</param>
internal sealed partial record Directive(string Name, string Arguments)
{
    public bool IsMarker => Name == "migrate";

    public bool IsAllow => Name == "allow";

    /// <summary>One of goose's that says nothing of a section; its Up and Down are markers like ours.</summary>
    public bool IsGoose => Name == GooseAnnotation.Name;

    /// <summary>The other ones would change how a script runs: to read over them would be worse than to stop.</summary>
    public bool IsSupported => IsMarker || IsAllow || IsGoose;

    /// <summary>Null when the comment is prose.</summary>
    public static Directive? Match(string comment)
    {
        if (Pattern().Match(comment) is { Success: true } match) return new Directive(match.Groups["name"].Value.ToLowerInvariant(), match.Groups["arguments"].Value);
        return GooseAnnotation.TextOf(comment) is not { } text ? null
            : GooseAnnotation.IsSection(text) ? new Directive("migrate", text)
            : new Directive(GooseAnnotation.Name, text);
    }

    /// <summary>Reads <c>RULE reason=... until=...</c>.</summary>
    /// <exception cref="ScriptException"><c>DirectiveInvalid</c>.</exception>
    public AllowDirective ToAllow(SourcePosition position)
    {
        var match = Allow().Match(Arguments);
        if (!match.Success) throw Invalid("This is not 'RULE reason=... until=...'.", position);

        string? reason = null;
        DateOnly? until = null;
        var (keys, values) = (match.Groups["key"].Captures, match.Groups["value"].Captures);
        for (var i = 0; i < keys.Count; i++)
        {
            var value = values[i].Value.Trim('"');
            switch (keys[i].Value.ToLowerInvariant())
            {
                case "reason" when reason is null:
                    reason = value;
                    break;
                case "until" when until is null:
                    if (!DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                        throw Invalid($"'{value}' is not a date of the form 2026-12-31.", position);
                    until = day;
                    break;
                case var key:
                    throw Invalid($"'{key}' is not known here, or is there twice.{NearestName.Suggest(key, ["reason", "until"])}", position);
            }
        }

        return new AllowDirective(match.Groups["rule"].Value, reason, until, position);
    }

    private static ScriptException Invalid(string message, SourcePosition position) =>
        new("DirectiveInvalid", FailureKind.Syntax, message, "Write -- allow: RULE reason=\"why\" until=2026-12-31; a reason that holds '=' goes in double quotes.", position);

    [GeneratedRegex(@"^--[ \t]*(?<name>migrate|allow|phase|batch|change)[ \t]*:[ \t]*(?<arguments>.*?)\s*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^(?<rule>[A-Za-z][\w.-]*)(?:\s+(?<key>\w+)=(?<value>""[^""]*""|(?:(?!\s+\w+=)[^""])*))*$", RegexOptions.CultureInvariant)]
    private static partial Regex Allow();
}
