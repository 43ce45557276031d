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
        var gone = done.Order().SelectMany(index => segments[index].Steps).Where(step => step.Facts.SessionObject is not null).ToList();
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

    private static bool Mentions(string statement, string name)
    {
        var lexer = new SqlLexer(statement);
        while (lexer.TryRead(out var token))
        {
            if (token.Kind is not (TokenKind.Word or TokenKind.QuotedIdentifier)) continue;
            if (statement.AsSpan(token.Start, token.Length).Trim('"').Equals(name.AsSpan().Trim('"'), StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
