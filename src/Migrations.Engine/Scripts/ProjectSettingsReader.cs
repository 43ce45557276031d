using System.Text;
using System.Text.Json;

namespace Migrations.Engine.Scripts;

/// <summary>Reads <c>migrations.json</c>: comments and trailing commas are welcome, unknown keys are not.</summary>
internal ref struct ProjectSettingsReader
{
    private readonly SourceFile _file;
    private readonly ReadOnlySpan<byte> _bytes;
    private Utf8JsonReader _json;
    private int _nameStart;

    private ProjectSettingsReader(SourceFile file, ReadOnlySpan<byte> bytes)
    {
        _file = file;
        _bytes = bytes;
        _json = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    /// <summary>The JSON schema beside the module names the same.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        ["$schema", "historySchema", "naming", "environment", "contact", "lockTimeout", "statementTimeout", "lockAttempts", "runTimeout", "variables", "anchorPath"];

    /// <exception cref="ScriptException"><c>SettingsInvalid</c>, with the line.</exception>
    public static ProjectSettings Read(string path, byte[] bytes)
    {
        var file = ScriptDecoder.Decode(path, bytes);
        var reader = new ProjectSettingsReader(file, Encoding.UTF8.GetBytes(file.Text));
        try
        {
            return reader.Read();
        }
        catch (JsonException broken)
        {
            throw new ScriptException("SettingsInvalid", FailureKind.Syntax, "This is not JSON: " + broken.Message.Split(" LineNumber:")[0],
                "Correct the syntax; comments and trailing commas are allowed.", reader.PositionOf(broken), broken);
        }
    }

    private ProjectSettings Read()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject) throw Invalid("The settings are one object: { ... }.", "Begin with '{' and end with '}'.");

        var settings = ProjectSettings.Default;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var key = _json.GetString()!;
            _nameStart = (int)_json.TokenStartIndex;
            if (!Keys.Contains(key)) throw Invalid($"'{key}' is not a setting.{NearestName.Suggest(key, Keys)}", $"The settings are {string.Join(", ", Keys)}.");
            if (!seen.Add(key)) throw Invalid($"'{key}' is there twice.", "Keep one of them.");
            _json.Read();
            settings = Apply(settings, key);
        }

        while (_json.Read()) { }
        return settings;
    }

    private ProjectSettings Apply(ProjectSettings settings, string key) => key switch
    {
        "historySchema" => settings with { HistorySchema = SchemaName() },
        "naming" => settings with { Naming = Naming() },
        "environment" => settings with { Environment = Text() },
        "contact" => settings with { Contact = Text() },
        "lockTimeout" => settings with { LockTimeout = Limit() },
        "statementTimeout" => settings with { StatementTimeout = Limit() },
        "lockAttempts" => settings with { LockAttempts = Count() },
        "runTimeout" => settings with { RunTimeout = Limit() },
        "anchorPath" => settings with { AnchorPath = Text() },
        "variables" => settings with { Variables = Variables() },
        _ => settings with { JsonSchema = Text() },
    };

    private string Text()
    {
        if (_json.TokenType != JsonTokenType.String || _json.GetString() is not { Length: > 0 } text) throw Invalid("The value is a text in double quotes.", "Give it one, or take the key out.");
        return text;
    }

    private string SchemaName()
    {
        var name = Text();
        if (Encoding.UTF8.GetByteCount(name) <= 63 && !name.StartsWith("pg_", StringComparison.Ordinal) && name != "information_schema") return name;
        throw Invalid($"'{name}' cannot be the name of a schema.", "Choose a name of at most 63 bytes that does not begin with pg_.");
    }

    private ScriptNaming Naming() => Text() switch
    {
        "number" => ScriptNaming.Number,
        "timestamp" => ScriptNaming.Timestamp,
        var other => throw Invalid($"'{other}' is no naming.", "Write \"number\" or \"timestamp\"."),
    };

    private TimeSpan Limit() =>
        Duration.TryParse(Text(), out var limit) ? limit : throw Invalid("The value is no time limit.", Duration.Advice);

    private int Count() =>
        _json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out var count) && count is >= 1 and <= 1000
            ? count
            : throw Invalid("The value is a whole number from 1 to 1000.", "Write for example 10.");

    private Dictionary<string, string> Variables()
    {
        if (_json.TokenType != JsonTokenType.StartObject) throw Invalid("The variables are an object of names and values.", "Write { \"name\": \"value\" }.");

        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = _json.GetString()!;
            _nameStart = (int)_json.TokenStartIndex;
            if (!ScriptVariables.IsName(name)) throw Invalid($"'{name}' cannot be the name of a variable.", ScriptVariables.NameAdvice);
            _json.Read();
            var value = _json.TokenType switch
            {
                JsonTokenType.String => _json.GetString()!,
                JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(_json.ValueSpan),
                _ => throw Invalid($"The value of '{name}' is a text, a number, true or false.", "Put anything else in double quotes."),
            };
            if (!variables.TryAdd(name, value)) throw Invalid($"'{name}' is there twice.", "Keep one of them.");
        }

        return variables;
    }

    private readonly SourcePosition PositionOf(JsonException broken)
    {
        var at = 0;
        for (var line = broken.LineNumber ?? 0; line > 0; line--) at += _bytes[at..].IndexOf((byte)'\n') + 1;
        return PositionOf(at + (int)(broken.BytePositionInLine ?? 0));
    }

    private readonly SourcePosition PositionOf(int bytes) => _file.At(Encoding.UTF8.GetCharCount(_bytes[..Math.Min(bytes, _bytes.Length)]));

    private readonly ScriptException Invalid(string message, string advice) =>
        new("SettingsInvalid", FailureKind.InvalidInput, message, advice, PositionOf(_nameStart));
}
