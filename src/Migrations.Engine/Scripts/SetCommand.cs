namespace Migrations.Engine.Scripts;

/// <summary><c>\set name value…</c>: declares a variable from here on. The values are joined without a space, as in psql.</summary>
internal static class SetCommand
{
    public static ScriptVariables Run(MetaCommand command, ScriptVariables variables, SourcePosition position)
    {
        var arguments = SlashArguments.Parse(command.Arguments, variables, position);
        if (arguments.Count == 0 || !arguments[0].All(CharClass.IsNamePart))
        {
            throw new ScriptException("MetaCommandInvalid", FailureKind.Syntax, arguments.Count == 0 ? @"'\set' names no variable." : $"'{arguments[0]}' cannot be the name of a variable.",
                @"Write \set name value; names hold letters, digits and underscores.", position);
        }

        var value = string.Concat(arguments.Skip(1));
        CheckControl(arguments[0], value, position);
        return variables.With(arguments[0], value);
    }

    /// <summary>Some of psql's variables change how it runs a script. Saying what we do anyway is fine, the opposite is not.</summary>
    private static void CheckControl(string name, string value, SourcePosition position)
    {
        bool? ours = name switch
        {
            "ON_ERROR_STOP" or "AUTOCOMMIT" => true,
            "ON_ERROR_ROLLBACK" or "SINGLELINE" => false,
            _ => null,
        };
        if (ours is null || ours == IsOn(value)) return;

        throw new ScriptException("MetaCommandRefused", FailureKind.Refused, $@"'\set {name} {value}' is not how scripts run here.",
            name == "AUTOCOMMIT" ? "Transactions are the header's: -- transaction: auto, always or never." : "A script stops at its first error, and a statement ends with ';'.", position);
    }

    private static bool IsOn(string value) => value.ToLowerInvariant() is "on" or "true" or "yes" or "1" or "t" or "y" or "interactive" or "";
}
