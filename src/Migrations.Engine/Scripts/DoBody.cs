namespace Migrations.Engine.Scripts;

/// <summary>The code inside a DO statement.</summary>
internal sealed class DoBody
{
    private readonly string _text;
    private readonly List<Token> _code;

    private DoBody(string text)
    {
        _text = text;
        _code = [.. new SqlLexer(text).Tokens.Where(t => t.IsCode)];
    }

    /// <summary>Null when the body is not dollar-quoted, as nobody writes it.</summary>
    public static DoBody? Of(StatementWords words)
    {
        for (var i = 1; i < words.Count; i++)
        {
            if (words.KindAt(i) != TokenKind.DollarString) continue;
            var tag = words[i].IndexOf('$', 1) + 1;
            return words[i].Length >= 2 * tag ? new DoBody(words[i][tag..^tag]) : null;
        }

        return null;
    }

    public bool Mentions(string name)
    {
        return _code.Exists(t => t.Kind == TokenKind.Word && Is(t, name));
    }

    /// <summary>True for <c>COMMIT;</c>, <c>ROLLBACK;</c> and <c>... AND CHAIN;</c>: PL/pgSQL's own, and not <c>ON COMMIT DROP</c>.</summary>
    public bool EndsTransaction
    {
        get
        {
            for (var i = 0; i + 1 < _code.Count; i++)
            {
                var (word, next) = (_code[i], _code[i + 1]);
                if (word.Kind != TokenKind.Word || !(Is(word, "COMMIT") || Is(word, "ROLLBACK"))) continue;
                if (next.Kind == TokenKind.Semicolon || Is(next, "AND")) return true;
            }

            return false;
        }
    }

    private bool Is(Token token, string word) => _text.AsSpan(token.Start, token.Length).Equals(word, StringComparison.OrdinalIgnoreCase);
}
