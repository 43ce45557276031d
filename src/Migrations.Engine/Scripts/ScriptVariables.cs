using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>The declared variables of a run. Immutable; names are case-sensitive, as in psql.</summary>
public sealed partial class ScriptVariables : IEnumerable<ScriptVariable>
{
    internal const string NameAdvice = "Names hold letters, digits and underscores (and dots, colons and hyphens for ${name}).";

    private readonly ImmutableDictionary<string, ScriptVariable> _variables;

    private ScriptVariables(ImmutableDictionary<string, ScriptVariable> variables) => _variables = variables;

    public static ScriptVariables None { get; } = new(ImmutableDictionary.Create<string, ScriptVariable>(StringComparer.Ordinal));

    /// <summary>What a <see cref="Connection.SecretMask"/> must hide: secret values, also as they look inside a literal or a quoted name.</summary>
    public IEnumerable<string> Secrets =>
        from variable in _variables.Values
        where variable.IsSecret
        from form in new[]
        {
            variable.Value,
            variable.Value.Replace("'", "''", StringComparison.Ordinal),
            variable.Value.Replace("'", "''", StringComparison.Ordinal).Replace("\\", "\\\\", StringComparison.Ordinal),
            variable.Value.Replace("\"", "\"\"", StringComparison.Ordinal),
        }.Distinct(StringComparer.Ordinal)
        where form.Length > 0
        select form;

    /// <summary>A later value of the same name wins.</summary>
    /// <exception cref="EngineException"><c>VariableInvalid</c>: the name, or a zero character in the value.</exception>
    public ScriptVariables With(string name, string value, bool isSecret = false)
    {
        if (!IsName(name))
            throw new EngineException("VariableInvalid", FailureKind.InvalidInput, $"'{name}' cannot be the name of a variable.", NameAdvice, name);
        if (value.Contains('\0'))
            throw new EngineException("VariableInvalid", FailureKind.InvalidInput, $"The value of '{name}' holds a zero character.", "PostgreSQL cannot store it; take it out.", name);
        return new ScriptVariables(_variables.SetItem(name, new ScriptVariable(name, value, isSecret)));
    }

    public bool TryGet(string name, [NotNullWhen(true)] out ScriptVariable? variable) => _variables.TryGetValue(name, out variable);

    public static bool IsName(string name) => NamePattern().IsMatch(name);

    public IEnumerator<ScriptVariable> GetEnumerator() => _variables.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal IEnumerable<string> Names => _variables.Keys;

    [GeneratedRegex(@"^[\w.:-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
