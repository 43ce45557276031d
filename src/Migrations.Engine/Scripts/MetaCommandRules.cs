namespace Migrations.Engine.Scripts;

/// <summary>Which of psql's backslash commands a script may hold, and where.</summary>
internal static class MetaCommandRules
{
    public static bool IsSet(MetaCommand command) => command.Name == "set";

    public static bool IsInclude(MetaCommand command) => command.Name is "i" or "include" or "ir" or "include_relative";

    public static bool IsRelativeInclude(MetaCommand command) => command.Name is "ir" or "include_relative";

    /// <summary>psql reads this name, and no other, in any case.</summary>
    public static bool IsCopy(MetaCommand command) => command.Name.Equals("copy", StringComparison.OrdinalIgnoreCase);

    /// <summary>What recent pg_dump writes around a dump so that psql runs no other command; there is nothing to do.</summary>
    public static bool IsHarmless(MetaCommand command) => command.Name is "restrict" or "unrestrict";

    /// <exception cref="ScriptException"><c>MetaCommandRefused</c>.</exception>
    public static void Check(LexedScript script, Func<int, SourcePosition> at)
    {
        foreach (var element in script.Elements)
        {
            if (element is MetaCommand command && !(IsSet(command) || IsInclude(command) || IsCopy(command) || IsHarmless(command)))
                throw Refused($"'\\{command.Name}' is a command of psql that scripts cannot use.", AdviceFor(command), at(command.Start));

            if (element is SqlStatement { IsCompound: true } compound)
            {
                var joint = compound.Tokens.First(t => t.Kind == TokenKind.EscapedSemicolon);
                throw Refused(@"'\;' joins statements to one message, and the server must see them one by one.", "Write ';' alone.", at(joint.Start));
            }
        }

        CheckPlaces(script, at);
    }

    /// <summary>psql acts on a command inside a statement before it sends the statement; whoever reads the script sees it the other way round.</summary>
    private static void CheckPlaces(LexedScript script, Func<int, SourcePosition> at)
    {
        MetaCommand? before = null;
        foreach (var element in script.Elements)
        {
            if (before is not null && FirstCode(element) is { } code && before.Start > code)
                throw Refused($"'\\{before.Name}' stands inside a statement.", "End the statement before it, or move it to a line between statements.", at(before.Start));
            before = element as MetaCommand ?? before;
        }
    }

    // A comment may stand before both.
    private static int? FirstCode(ScriptElement element) => element switch
    {
        SqlStatement { Tokens: { Count: > 0 } tokens } => tokens[0].Start,
        CopyBlock block => block.Statement.Tokens[0].Start,
        _ => null,
    };

    private static string AdviceFor(MetaCommand command) => command.Name switch
    {
        "echo" or "qecho" or "warn" => "Take it out, or say it from the server: DO $$ BEGIN RAISE NOTICE 'text'; END $$;",
        "c" or "connect" => "A script runs in one database: choose it with -Connection. A dump: write it without --create (-C).",
        "if" or "elif" or "else" or "endif" => "Decide in SQL (DO $$ ... IF ... $$), or keep two scripts.",
        "." => "It ends the rows of a COPY ... FROM STDIN, and no such COPY comes before it.",
        _ when command.SendsStatement => "End the statement with ';'.",
        _ => @"The ones that work are \set, \i, \ir, \copy ... from, \restrict and \unrestrict.",
    };

    private static ScriptException Refused(string message, string advice, SourcePosition position) =>
        new("MetaCommandRefused", FailureKind.Refused, message, advice, position);
}
