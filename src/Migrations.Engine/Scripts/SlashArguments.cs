using System.Globalization;
using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>Splits the arguments of a backslash command as psql does (<c>psqlscanslash.l</c>): quotes, escapes, declared variables.</summary>
internal sealed class SlashArguments
{
    private readonly string _text;
    private readonly ScriptVariables _variables;
    private readonly SourcePosition _position;
    private int _at;

    private SlashArguments(string text, ScriptVariables variables, SourcePosition position)
    {
        _text = text;
        _variables = variables;
        _position = position;
    }

    /// <exception cref="ScriptException"><c>MetaCommandInvalid</c>: an open quote, or a backtick, which would run a program.</exception>
    public static IReadOnlyList<string> Parse(string text, ScriptVariables variables, SourcePosition position)
    {
        var reader = new SlashArguments(text, variables, position);
        var arguments = new List<string>();
        while (reader.Next() is { } argument) arguments.Add(argument);
        return arguments;
    }

    private string? Next()
    {
        while (_at < _text.Length && CharClass.IsSpace(_text[_at])) _at++;
        if (_at == _text.Length) return null;

        var argument = new StringBuilder();
        while (_at < _text.Length && !CharClass.IsSpace(_text[_at]))
        {
            switch (_text[_at])
            {
                case '\'':
                    ReadQuoted(argument);
                    break;
                case '"':
                    ReadDoubleQuoted(argument);
                    break;
                case '`':
                    throw Invalid("Backticks would run a program.", "Write the value itself, or pass it with -Variable.");
                case ':' when VariableText.End(_text, _at) is > 0 and var end:
                    argument.Append(VariableValue.Of(_text[_at..end], _variables, _position) ?? _text[_at..end]);
                    _at = end;
                    break;
                default:
                    argument.Append(_text[_at++]);
                    break;
            }
        }

        return argument.ToString();
    }

    /// <summary>Double quotes protect white space and stay, as psql keeps them.</summary>
    private void ReadDoubleQuoted(StringBuilder argument)
    {
        var end = _text.IndexOf('"', _at + 1);
        if (end < 0) throw Open();
        argument.Append(_text, _at, end + 1 - _at);
        _at = end + 1;
    }

    private void ReadQuoted(StringBuilder argument)
    {
        for (_at++; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == '\\') ReadEscape(argument);
            else if (c != '\'') argument.Append(c);
            else if (_at + 1 < _text.Length && _text[_at + 1] == '\'') argument.Append(_text[_at++]);
            else
            {
                _at++;
                return;
            }
        }

        throw Open();
    }

    /// <summary>Leaves the last character of the escape for the loop to step over.</summary>
    private void ReadEscape(StringBuilder argument)
    {
        if (++_at == _text.Length) throw Open();
        switch (_text[_at])
        {
            case 'n': argument.Append('\n'); break;
            case 't': argument.Append('\t'); break;
            case 'b': argument.Append('\b'); break;
            case 'r': argument.Append('\r'); break;
            case 'f': argument.Append('\f'); break;
            case >= '0' and <= '7': AppendCode(argument, _at, 3, 8); break;
            case 'x' when _at + 1 < _text.Length && char.IsAsciiHexDigit(_text[_at + 1]): AppendCode(argument, _at + 1, 2, 16); break;
            case var c: argument.Append(c); break;
        }
    }

    private void AppendCode(StringBuilder argument, int start, int longest, int radix)
    {
        var end = start;
        while (end < _text.Length && end - start < longest && (radix == 16 ? char.IsAsciiHexDigit(_text[end]) : _text[end] is >= '0' and <= '7')) end++;
        var digits = _text[start..end];
        var code = radix == 16 ? int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : Convert.ToInt32(digits, 8);
        // psql writes a byte; above ASCII that is a piece of some encoding, and we send text.
        if (code is 0 or > 127) throw Invalid($"The escape '{digits}' is not an ASCII character.", "Write the character itself.");
        argument.Append((char)code);
        _at = end - 1;
    }

    private ScriptException Open() => Invalid("A quote is not closed.", "Close it on the same line.");

    private ScriptException Invalid(string message, string advice) => new("MetaCommandInvalid", FailureKind.Syntax, message, advice, _position);
}
