using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// A statement in words with a blank between each, and chains of one connective without the brackets inside: <c>(a OR b) OR c</c> is
/// <c>a OR b OR c</c>. The server writes the first, reads its own text, and writes the second; nothing else of a dump changes that way.
/// </summary>
internal sealed class FlatConditions
{
    private readonly List<object> _items = [];

    public static string Of(string statement)
    {
        if (!statement.Contains(" OR ", StringComparison.Ordinal) && !statement.Contains(" AND ", StringComparison.Ordinal)) return statement;
        var lexer = new SqlLexer(statement);
        var open = new Stack<FlatConditions>([new FlatConditions()]);
        while (lexer.TryRead(out var token))
        {
            if (token.Kind == TokenKind.OpenParen) open.Push(new FlatConditions());
            else if (token.Kind == TokenKind.CloseParen && open.Count > 1) Close(open);
            else if (token.IsCode) open.Peek()._items.Add(statement.Substring(token.Start, token.Length));
        }

        // A statement that closes fewer than it opens is none of pg_dump's.
        return open.Count > 1 ? statement : string.Join(' ', open.Pop().Words());
    }

    private static void Close(Stack<FlatConditions> open)
    {
        var group = open.Pop();
        group.Flatten();
        open.Peek()._items.Add(group);
    }

    private void Flatten()
    {
        var mine = Connective;
        for (var at = 0; at < _items.Count; at++)
        {
            if (_items[at] is not FlatConditions { Connective: { } theirs } inner || !IsWholeOperand(at)) continue;
            if (mine != theirs && _items.Count > 1) continue;
            _items.RemoveAt(at);
            _items.InsertRange(at, inner._items);
            at += inner._items.Count - 1;
        }
    }

    private bool IsWholeOperand(int at) => (at == 0 || IsConnective(_items[at - 1])) && (at == _items.Count - 1 || IsConnective(_items[at + 1]));

    /// <summary>The one that joins everything here; null when there is none, or both.</summary>
    private string? Connective => _items.Where(IsConnective).Cast<string>().Distinct().ToList() is [var only] ? only : null;

    private static bool IsConnective(object item) => item is "AND" or "OR";

    private IEnumerable<string> Words() => _items.SelectMany(item => item is FlatConditions inner ? ["(", .. inner.Words(), ")"] : new[] { (string)item });
}
