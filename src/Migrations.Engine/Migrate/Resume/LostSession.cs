using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// A script goes on in a new session, where temporary tables and prepared statements of its committed parts are gone. A permanent table of the
/// same name would take their place unseen, so what uses them is refused.
/// </summary>
internal static class LostSession
{
    /// <exception cref="ScriptException">StepLostSession: the first statement that uses what is gone.</exception>
    public static void Refuse(string script, IReadOnlyList<Segment> segments, IReadOnlySet<int> done)
    {
        var committed = done.Order().SelectMany(index => segments[index].Steps).ToList();
        var gone = committed.Where((step, at) => step.Facts.SessionObject is { } name && !EndedThere(step, name, committed.Skip(at + 1))).ToList();
        if (gone.Count == 0) return;

        var left = Enumerable.Range(0, segments.Count).Where(index => !done.Contains(index)).SelectMany(index => segments[index].Steps).ToList();
        foreach (var made in gone.DistinctBy(step => step.Facts.SessionObject))
        {
            var name = made.Facts.SessionObject!;
            if (left.Find(step => Mentions(step.SourceText, name)) is not { } user || user.Facts.SessionObject == name) continue;
            throw new ScriptException("StepLostSession", FailureKind.Conflict,
                $"{script}: line {made.Position.Line} made {name} for a session that is gone, and this statement uses it. Nothing was run.",
                "What comes after the last committed statement may be edited: make it again there, or do without. Between BEGIN and COMMIT it would not have been lost.", user.Position);
        }
    }

    /// <summary>Gone before its part was committed, or dropped by the committed part itself.</summary>
    private static bool EndedThere(ScriptStep made, string name, IEnumerable<ScriptStep> after) =>
        made.SourceText.Contains("on commit drop", StringComparison.OrdinalIgnoreCase)
        || after.Any(step => step.Facts.Verb.Split(' ')[0] is "DROP" or "DEALLOCATE" or "CLOSE" && Mentions(step.SourceText, name));

    /// <summary>Also inside a string: the body of a DO block is one.</summary>
    private static bool Mentions(string statement, string name)
    {
        var lexer = new SqlLexer(statement);
        while (lexer.TryRead(out var token))
        {
            var text = statement.AsSpan(token.Start, token.Length);
            if (token.Kind is TokenKind.Word or TokenKind.QuotedIdentifier && text.Trim('"').Equals(name.AsSpan().Trim('"'), StringComparison.OrdinalIgnoreCase)) return true;
            if (token.Kind is TokenKind.String or TokenKind.DollarString && Regex.IsMatch(text, $@"\b{Regex.Escape(name.Trim('"'))}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)) return true;
        }

        return false;
    }
}
