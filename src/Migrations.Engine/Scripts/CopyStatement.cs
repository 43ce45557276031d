namespace Migrations.Engine.Scripts;

/// <summary>
/// Recognises the COPY for which psql reads rows from the script. psql is told by the server, when the statement runs;
/// we have to know before: the grammar leaves no choice, since FROM cannot be a name without quotes.
/// </summary>
internal static class CopyStatement
{
    public static bool ReadsRows(Phrase command) => command.Is(0, "copy") && ReadsRowsAfter(command, 1);

    /// <summary>The same for the arguments of psql's <c>\copy</c>, which has an input of its own, not taken from the script, as <c>pstdin</c>.</summary>
    public static bool ReadsRowsAfter(Phrase command, int index)
    {
        // A query can only be written out; the server refuses COPY (query) FROM before it asks for rows.
        if (command.KindAt(index) == TokenKind.OpenParen) return false;
        var depth = 0;
        for (var i = index; i < command.Count; i++)
        {
            if (command.KindAt(i) == TokenKind.OpenParen) depth++;
            else if (command.KindAt(i) == TokenKind.CloseParen) depth--;
            else if (depth == 0 && command.Is(i, "to")) return false;
            // The server silently takes FROM STDOUT for FROM STDIN.
            else if (depth == 0 && command.Is(i, "from")) return command.Is(i + 1, "stdin") || command.Is(i + 1, "stdout");
        }

        return false;
    }
}
