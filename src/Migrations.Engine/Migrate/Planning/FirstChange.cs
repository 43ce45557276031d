using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Where a changed script first differs in meaning from what ran.</summary>
internal static class FirstChange
{
    /// <summary>The place in the file; its first line when neither the up nor the down section differs (a verify section, a data file).</summary>
    public static SourcePosition Find(Script script, (string? Up, string? Down) before) =>
        Between(before.Up, script.Up)
        ?? (script.Down is { } down ? Between(before.Down ?? "", down) : null)
        ?? script.Up.Composition.Text.At(0);

    public static bool IsSame(string? before, ScriptSection now) => Between(before, now) is null;

    private static SourcePosition? Between(string? before, ScriptSection now)
    {
        if (before is null) return null;
        using var old = Meaning(before).GetEnumerator();
        foreach (var (text, start) in Meaning(now.Text))
        {
            if (!old.MoveNext() || old.Current.Text != text) return now.Composition.Text.At(start);
        }

        return old.MoveNext() ? now.Composition.Text.At(Math.Max(0, now.Text.TrimEnd().Length - 1)) : null;
    }

    private static IEnumerable<(string Text, int Start)> Meaning(string text) =>
        from token in new SqlLexer(text).Tokens
        where token.IsCode
        select (text.Substring(token.Start, token.Length), token.Start);
}
