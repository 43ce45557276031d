using System.Management.Automation;
using System.Management.Automation.Language;

namespace Migrations.Cmdlets.Binding;

/// <summary>Turns possible values into what the user may accept: by prefix, in any case, quoted where needed.</summary>
internal static class ArgumentCompletion
{
    public static IEnumerable<CompletionResult> Of(IEnumerable<(string Value, string ToolTip)> values, string typed)
    {
        var prefix = typed.Trim('\'', '"');
        return values
            .Where(value => value.Value.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(value => new CompletionResult(Quoted(value.Value), value.Value, CompletionResultType.ParameterValue, value.ToolTip));
    }

    private static string Quoted(string value) =>
        value.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.')
            ? value
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";
}
