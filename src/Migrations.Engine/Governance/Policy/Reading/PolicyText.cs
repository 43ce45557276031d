using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>Words that are code: those of a statement, or of text that stands in quotes inside a body and is run from there.</summary>
/// <param name="offset">Of the text in the statement as it is sent.</param>
internal sealed class PolicyText(string text, int offset, bool isInner)
{
    /// <summary>A body within a string within a body: nobody writes more by hand.</summary>
    private const int Deepest = 4;

    private readonly Lazy<IReadOnlyList<PolicyWord>> _words = new(() => [.. from token in new SqlLexer(text).Tokens where token.IsCode select new PolicyWord(text, token)]);

    /// <summary>True for what stands in quotes.</summary>
    public bool IsInner => isInner;

    public IReadOnlyList<PolicyWord> Words => _words.Value;

    /// <summary>Where a word stands in the statement as it is sent.</summary>
    public int OffsetOf(PolicyWord word) => offset + word.Token.Start;

    /// <summary>The statement, and where it is a body everything in quotes that may be run.</summary>
    public static IReadOnlyList<PolicyText> Of(ScriptStep step)
    {
        var whole = new PolicyText(step.Text, 0, false);
        var texts = new List<PolicyText> { whole };
        if (HasBody(step.Facts.Verb)) Descend(whole, texts, 1);
        return texts;
    }

    /// <summary>The word at an index; one that is no word at all past the end.</summary>
    public PolicyWord this[int index] => index >= 0 && index < Words.Count ? Words[index] : new PolicyWord(";", new Token(TokenKind.Semicolon, 0, 1));

    /// <summary>The index of the first of these words from an index on, before the statement ends; -1 when there is none.</summary>
    public int IndexOf(int from, params ReadOnlySpan<string> words)
    {
        for (var i = from; i < Words.Count && Words[i].Kind != TokenKind.Semicolon; i++)
            if (Words[i].IsAny(words)) return i;
        return -1;
    }

    /// <summary>Where these words stand one behind the other, from an index on and before the statement ends; -1 where they do not.</summary>
    public int IndexOfAll(int from, params ReadOnlySpan<string> words)
    {
        for (var i = from; i < Words.Count && Words[i].Kind != TokenKind.Semicolon; i++)
            if (HasAt(i, words)) return i;
        return -1;
    }

    public bool HasAt(int index, params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
            if (!this[index + i].Is(words[i])) return false;
        return true;
    }

    /// <summary>Where statements begin, as far as words can tell inside of a body.</summary>
    public IEnumerable<int> Beginnings(params string[] words)
    {
        for (var i = 0; i < Words.Count; i++)
            if (Words[i].IsAny(words)) yield return i;
    }

    private static bool HasBody(string verb) =>
        verb is "DO" or "PREPARE" || verb.StartsWith("CREATE", StringComparison.Ordinal) && (verb.EndsWith("FUNCTION", StringComparison.Ordinal) || verb.EndsWith("PROCEDURE", StringComparison.Ordinal));

    private static void Descend(PolicyText outer, List<PolicyText> texts, int depth)
    {
        if (depth > Deepest) return;
        foreach (var word in outer.Words)
        {
            if (!word.IsLiteral) continue;
            var (value, start) = word.Literal;
            // One word is a value, no code.
            if (!value.AsSpan().Trim().ContainsAny(' ', '\n', '\t')) continue;
            var inner = new PolicyText(value, outer.OffsetOf(word) - word.Token.Start + start, true);
            texts.Add(inner);
            Descend(inner, texts, depth + 1);
        }
    }
}
