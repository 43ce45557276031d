namespace Migrations.Engine.Scripts;

/// <summary>
/// The server's <c>standard_conforming_strings</c> while a script runs. psql hears of a change from the server before it reads the
/// next line; we read the whole script before it runs, so the commands that change it are recognised here: top-level SET, RESET and
/// DISCARD ALL, with the transaction rules of SET LOCAL and of ROLLBACK. Not followed: savepoints, <c>set_config()</c> and code
/// inside functions; a command that fails is taken for one that works, because a failure ends the run.
/// </summary>
internal sealed class StringsSetting
{
    private const string Name = "standard_conforming_strings";

    private readonly bool _initial;
    private readonly bool _autocommit;
    private bool _session;
    private bool _sessionBefore;
    private bool? _local;
    private bool _inTransaction;

    public StringsSetting(bool initial, bool autocommit)
    {
        _initial = initial;
        _autocommit = autocommit;
        _session = initial;
        _sessionBefore = initial;
        _inTransaction = !autocommit;
    }

    public bool IsOn => _local ?? _session;

    /// <summary>Takes note of a command that the server is going to execute.</summary>
    public void Observe(Phrase command)
    {
        if (command.Is(0, "set")) Set(command);
        else if (command.Is(0, "reset") && (command.Is(1, "all") || IsName(command, 1))) SetSession(_initial);
        else if (command.Is(0, "discard") && command.Is(1, "all")) SetSession(_initial);
        else if (command.Is(0, "begin") || (command.Is(0, "start") && command.Is(1, "transaction"))) Begin();
        else if (EndsTransaction(command)) End(command, command.Is(0, "rollback") || command.Is(0, "abort"));
    }

    private static bool EndsTransaction(Phrase command) =>
        command.Is(0, "prepare") ? command.Is(1, "transaction")
        : (command.Is(0, "commit") || command.Is(0, "end") || command.Is(0, "rollback") || command.Is(0, "abort"))
            && !command.Is(1, "prepared") && !IsToSavepoint(command);

    private static bool IsToSavepoint(Phrase command) =>
        command.Is(0, "rollback") && (command.Is(1, "to") || command.Is(2, "to"));

    private void Set(Phrase command)
    {
        var isLocal = command.Is(1, "local");
        var name = isLocal || command.Is(1, "session") ? 2 : 1;
        var assigned = command.Is(name + 1, "to") || command.TextAt(name + 1) is "=";
        if (!IsName(command, name) || !assigned || ValueOf(command, name + 2) is not { } value) return;
        if (!isLocal) SetSession(value);
        else if (_inTransaction) _local = value;
    }

    private void SetSession(bool value)
    {
        _session = value;
        _local = null;
    }

    private void Begin()
    {
        if (_inTransaction) return;
        _inTransaction = true;
        _sessionBefore = _session;
    }

    private void End(Phrase command, bool undone)
    {
        if (undone && _inTransaction) _session = _sessionBefore;
        _local = null;
        _inTransaction = !_autocommit || StartsAnother(command);
        _sessionBefore = _session;
    }

    private static bool StartsAnother(Phrase command)
    {
        var chain = command.Is(1, "work") || command.Is(1, "transaction") ? 2 : 1;
        return command.Is(chain, "and") && command.Is(chain + 1, "chain");
    }

    private static bool IsName(Phrase command, int index) => command.KindAt(index) switch
    {
        TokenKind.Word => command.TextAt(index).Equals(Name, StringComparison.OrdinalIgnoreCase),
        TokenKind.QuotedIdentifier => command.TextAt(index).Trim('"').Equals(Name, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>The value at the end of the command, by the rules of the server's <c>parse_bool</c>; null when it is none.</summary>
    private bool? ValueOf(Phrase command, int index)
    {
        if (command.KindAt(index + 1) is not (null or TokenKind.Semicolon)) return null;
        if (command.Is(index, "default")) return _initial;
        var text = command.TextAt(index);
        return command.KindAt(index) switch
        {
            TokenKind.Word or TokenKind.Number => Parse(text),
            TokenKind.String => Parse(text.TrimStart("eEnN").Trim('\'')),
            TokenKind.QuotedIdentifier => Parse(text.Trim('"')),
            TokenKind.DollarString => Parse(BetweenDollars(text)),
            _ => null,
        };
    }

    private static ReadOnlySpan<char> BetweenDollars(ReadOnlySpan<char> text)
    {
        var delimiter = text[1..].IndexOf('$') + 2;
        return text.Length < 2 * delimiter ? default : text[delimiter..^delimiter];
    }

    private static bool? Parse(ReadOnlySpan<char> value) => value switch
    {
        "1" => true,
        "0" => false,
        _ when IsStartOf(value, "true", 1) || IsStartOf(value, "yes", 1) || IsStartOf(value, "on", 2) => true,
        _ when IsStartOf(value, "false", 1) || IsStartOf(value, "no", 1) || IsStartOf(value, "off", 2) => false,
        _ => null,
    };

    private static bool IsStartOf(ReadOnlySpan<char> value, string word, int atLeast) =>
        value.Length >= atLeast && word.AsSpan().StartsWith(value, StringComparison.OrdinalIgnoreCase);
}
