using System.Text.Json;

namespace Migrations.Engine.Scripts;

/// <summary>One value of a settings file, with the place that an error about it names.</summary>
/// <param name="Text">A string's text, a number as written; empty for everything else.</param>
/// <param name="Members">Of an object, in order; each name once.</param>
/// <param name="Items">Of an array.</param>
internal sealed record JsonValue(JsonTokenType Type, string Text, SourcePosition Position, IReadOnlyList<(string Name, JsonValue Value)> Members, IReadOnlyList<JsonValue> Items)
{
    /// <summary>Null when it has no such member.</summary>
    public JsonValue? Find(string name) => Members.FirstOrDefault(member => member.Name == name).Value;
}
