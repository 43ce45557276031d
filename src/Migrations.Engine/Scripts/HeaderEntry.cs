namespace Migrations.Engine.Scripts;

/// <summary>One line of a header, as written.</summary>
/// <param name="Key">In lower case.</param>
public sealed record HeaderEntry(string Key, string Value, SourcePosition Position);
