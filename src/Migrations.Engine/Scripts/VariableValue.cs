using Migrations.Engine.Connection;

namespace Migrations.Engine.Scripts;

/// <summary>What stands in the place of <c>:name</c>, <c>:'name'</c>, <c>:"name"</c> and <c>:{?name}</c>.</summary>
internal static class VariableValue
{
    /// <summary>Null when nobody declared the name: then the text stays, since it may be part of an array slice.</summary>
    /// <exception cref="ScriptException"><c>VariableInvalid</c>: an empty value as a quoted name.</exception>
    public static string? Of(string reference, ScriptVariables variables, SourcePosition position)
    {
        var form = reference[1];
        var name = form switch
        {
            '\'' or '"' => reference[2..^1],
            '{' => reference[3..^1],
            _ => reference[1..],
        };
        var declared = variables.TryGet(name, out var variable);
        if (form == '{') return declared ? "TRUE" : "FALSE";
        if (!declared) return null;

        return form switch
        {
            '\'' => Quote(variable!.Value),
            '"' when variable!.Value.Length > 0 => Identifier.Quote(variable.Value),
            '"' => throw new ScriptException("VariableInvalid", FailureKind.InvalidInput, $"The value of '{name}' is empty, and a name cannot be.", "Give it a value.", position),
            _ => variable!.Value,
        };
    }

    // The space keeps the E of an escape literal from joining a word before it; psql puts it there too.
    private static string Quote(string value) => Literal.Quote(value) is ['E', ..] literal ? " " + literal : Literal.Quote(value);
}
