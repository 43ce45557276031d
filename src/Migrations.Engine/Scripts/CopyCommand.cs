namespace Migrations.Engine.Scripts;

/// <summary>A <c>\copy … from</c>, taken apart as psql does (<c>src/bin/psql/copy.c</c>). Nothing in it is a variable.</summary>
/// <param name="Target">Table and columns.</param>
/// <param name="TargetStart">Of <paramref name="Target"/> in the source.</param>
/// <param name="FileName">Null: the rows stand under the command.</param>
/// <param name="Options">What follows the file.</param>
/// <param name="OptionsStart">Of <paramref name="Options"/> in the source.</param>
internal sealed record CopyCommand(string Target, int TargetStart, string? FileName, string Options, int OptionsStart)
{
    private const string Advice = @"Scripts read files of the project, \copy table from 'data/rows.csv' csv, or rows under the command: from stdin.";

    /// <exception cref="ScriptException"><c>MetaCommandRefused</c>: a copy to somewhere, or from a program; <c>MetaCommandInvalid</c>.</exception>
    public static CopyCommand Parse(MetaCommand command, string source, Func<int, SourcePosition> at)
    {
        var text = command.Arguments;
        var start = source.IndexOf(text, command.Start + 1 + command.Name.Length, StringComparison.Ordinal);
        var from = FromKeyword(text) ?? throw new ScriptException("MetaCommandRefused", FailureKind.Refused, @"Only '\copy ... from' works in a script.", Advice, at(command.Start));

        var rest = from.End;
        while (rest < text.Length && CharClass.IsSpace(text[rest])) rest++;
        var (fileName, end) = ReadSource(text, rest, () => at(start + rest));
        return new CopyCommand(text[..from.Start].TrimEnd(), start, fileName, text[end..], start + end);
    }

    private static Token? FromKeyword(string text)
    {
        var depth = 0;
        foreach (var token in new SqlLexer(text).Tokens)
        {
            if (token.Kind == TokenKind.OpenParen) depth++;
            else if (token.Kind == TokenKind.CloseParen) depth--;
            else if (depth == 0 && token.Kind == TokenKind.Word && text.AsSpan(token.Start, token.Length).Equals("to", StringComparison.OrdinalIgnoreCase)) return null;
            else if (depth == 0 && token.Kind == TokenKind.Word && text.AsSpan(token.Start, token.Length).Equals("from", StringComparison.OrdinalIgnoreCase)) return token;
        }

        return null;
    }

    private static (string? FileName, int End) ReadSource(string text, int start, Func<SourcePosition> position)
    {
        if (start < text.Length && text[start] == '\'')
        {
            var quoted = QuotedText.EndOfDoubled(text, start + 1, '\'');
            if (quoted == QuotedText.Open) throw new ScriptException("MetaCommandInvalid", FailureKind.Syntax, "A quote is not closed.", "Close it on the same line.", position());
            return (text[(start + 1)..(quoted - 1)].Replace("''", "'", StringComparison.Ordinal), quoted);
        }

        var end = start;
        while (end < text.Length && !CharClass.IsSpace(text[end])) end++;
        var word = text[start..end];
        return word.ToLowerInvariant() switch
        {
            "" => throw new ScriptException("MetaCommandInvalid", FailureKind.Syntax, @"'\copy ... from' names no file.", Advice, position()),
            "stdin" => (null, end),
            "pstdin" or "program" => throw new ScriptException("MetaCommandRefused", FailureKind.Refused, $@"'\copy ... from {word}' does not work in a script.", Advice, position()),
            _ => (word, end),
        };
    }
}
