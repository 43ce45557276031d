namespace Migrations.Engine.Scripts;

/// <summary>
/// Makes the text that is sent out of a statement as written: psql's variables are replaced in code where somebody declared them, and
/// so are <c>${name}</c> placeholders. In scripts named as Flyway's, placeholders count in strings too, as they do there.
/// </summary>
internal sealed class VariableExpander(ScriptVariables variables, bool placeholdersInStrings, Func<int, SourcePosition> at)
{
    public SentText Expand(SqlStatement statement, string source)
    {
        var replacements = Find(statement, source);
        var text = new SentText.Builder();
        foreach (var slice in statement.Slices)
        {
            var from = slice.Start;
            foreach (var (start, end, value) in replacements)
            {
                if (start < from || start >= slice.End) continue;
                text.Copy(source, from, start);
                text.Insert(value, start);
                from = end;
            }

            text.Copy(source, from, slice.End);
        }

        return text.Build();
    }

    private List<(int Start, int End, string Value)> Find(SqlStatement statement, string source)
    {
        var found = new List<(int Start, int End, string Value)>();
        var hasPlaceholders = statement.Text.Contains("${", StringComparison.Ordinal);
        var done = 0;
        foreach (var token in statement.Tokens)
        {
            // In code a placeholder is several tokens; the first of them has seen to all of it.
            if (token.Start < done) continue;
            if (token.Kind == TokenKind.Variable)
            {
                if (VariableValue.Of(source[token.Start..token.End], variables, at(token.Start)) is { } value) found.Add((token.Start, token.End, value));
            }
            else if (hasPlaceholders)
            {
                foreach (var placeholder in Placeholder.In(source, token))
                {
                    if (Replace(placeholder, token) is { } replacement) found.Add(replacement);
                    done = placeholder.End;
                }
            }
        }

        return found;
    }

    private (int Start, int End, string Value)? Replace(Placeholder placeholder, Token token)
    {
        var inString = token.Kind is TokenKind.String or TokenKind.DollarString or TokenKind.BitString;
        if (inString && !placeholdersInStrings) return null;
        if (variables.TryGet(placeholder.Name, out var variable))
            return (placeholder.Start, placeholder.End, Placeholder.Escape(variable.Value, token.Kind));

        throw new ScriptException("PlaceholderUndeclared", FailureKind.InvalidInput,
            $"Nobody declared the placeholder '${{{placeholder.Name}}}'.{NearestName.Suggest(placeholder.Name, variables.Names)}",
            $"Pass it with -Variable @{{ '{placeholder.Name}' = 'value' }}, or declare it under \"variables\" in migrations.json.", at(placeholder.Start));
    }
}
