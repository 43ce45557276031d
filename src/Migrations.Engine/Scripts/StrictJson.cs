using System.Text;
using System.Text.Json;

namespace Migrations.Engine.Scripts;

/// <summary>
/// Reads a settings file to values that know their places, and refuses what a reader did not ask for: comments and trailing commas are welcome,
/// unknown and repeated keys are not.
/// </summary>
/// <param name="errorId">Of every refusal.</param>
/// <param name="file">Relative to the project, for errors.</param>
internal sealed class StrictJson(string errorId, string file)
{
    private static readonly JsonReaderOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Without byte order mark, every line ending with LF: what a hash of the file is made of.</summary>
    public string Canonical { get; private set; } = "";

    /// <exception cref="ScriptException">Not UTF-8, not JSON, a key twice.</exception>
    public JsonValue Read(byte[] bytes)
    {
        var source = ScriptDecoder.Decode(file, bytes);
        Canonical = SourceFile.FoldReturns(source.Text);
        var text = Encoding.UTF8.GetBytes(source.Text);
        var reader = new Utf8JsonReader(text, s_options);
        try
        {
            reader.Read();
            var value = Value(ref reader, source, text);
            while (reader.Read()) { }
            return value;
        }
        catch (JsonException broken)
        {
            var at = 0;
            for (var line = broken.LineNumber ?? 0; line > 0; line--) at += text.AsSpan(at).IndexOf((byte)'\n') + 1;
            throw new ScriptException(errorId, FailureKind.Syntax, "This is not JSON: " + broken.Message.Split(" LineNumber:")[0],
                "Correct the syntax; comments and trailing commas are allowed.", At(source, text, at + (int)(broken.BytePositionInLine ?? 0)), broken);
        }
    }

    /// <summary>The members of an object that may have these keys and no other.</summary>
    public IReadOnlyList<(string Name, JsonValue Value)> Members(JsonValue value, string what, params IReadOnlyCollection<string> keys)
    {
        foreach (var (name, member) in Members(value, what))
        {
            if (!keys.Contains(name))
                throw Wrong($"'{name}' is no key of {what}.{NearestName.Suggest(name, keys)}", $"The keys are {string.Join(", ", keys)}.", member);
        }

        return value.Members;
    }

    /// <summary>The members of an object, whatever their names.</summary>
    public IReadOnlyList<(string Name, JsonValue Value)> Members(JsonValue value, string what) =>
        value.Type == JsonTokenType.StartObject ? value.Members : throw Wrong($"{Capital(what)} is an object: {{ ... }}.", "Begin with '{' and end with '}'.", value);

    public IReadOnlyList<JsonValue> Items(JsonValue value, string what) =>
        value.Type == JsonTokenType.StartArray ? value.Items : throw Wrong($"{Capital(what)} is a list: [ ... ].", "Begin with '[' and end with ']'.", value);

    public string Text(JsonValue value, string what) =>
        value.Type == JsonTokenType.String && value.Text.Trim().Length > 0 ? value.Text : throw Wrong($"{Capital(what)} is a text in double quotes.", "Give it one, or take the key out.", value);

    public bool Truth(JsonValue value, string what) => value.Type switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Wrong($"{Capital(what)} is true or false.", "Write it without quotes.", value),
    };

    public string OneOf(JsonValue value, string what, params IReadOnlyCollection<string> choices)
    {
        var text = Text(value, what);
        return choices.Contains(text) ? text : throw Wrong($"'{text}' is no {what}.{NearestName.Suggest(text, choices)}", $"Write one of {string.Join(", ", choices)}.", value);
    }

    public ScriptException Wrong(string message, string advice, JsonValue at) => new(errorId, FailureKind.InvalidInput, message, advice, at.Position);

    private JsonValue Value(ref Utf8JsonReader reader, SourceFile source, byte[] text, int? from = null)
    {
        var position = At(source, text, from ?? (int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<(string, JsonValue)>();
                var names = new HashSet<string>(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var (name, start) = (reader.GetString()!, (int)reader.TokenStartIndex);
                    if (!names.Add(name)) throw new ScriptException(errorId, FailureKind.InvalidInput, $"'{name}' is there twice.", "Keep one of them.", At(source, text, start));
                    reader.Read();
                    // What is wrong with a member is told where its name stands.
                    members.Add((name, Value(ref reader, source, text, start)));
                }

                return new JsonValue(JsonTokenType.StartObject, "", position, members, []);
            case JsonTokenType.StartArray:
                var items = new List<JsonValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Value(ref reader, source, text));
                return new JsonValue(JsonTokenType.StartArray, "", position, [], items);
            case JsonTokenType.String:
                return new JsonValue(JsonTokenType.String, reader.GetString()!, position, [], []);
            default:
                return new JsonValue(reader.TokenType, Encoding.UTF8.GetString(reader.ValueSpan), position, [], []);
        }
    }

    private static SourcePosition At(SourceFile source, byte[] text, int bytes) => source.At(Encoding.UTF8.GetCharCount(text.AsSpan(0, Math.Min(bytes, text.Length))));

    private static string Capital(string what) => char.ToUpperInvariant(what[0]) + what[1..];
}
