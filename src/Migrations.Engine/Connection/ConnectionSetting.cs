namespace Migrations.Engine.Connection;

/// <summary>One <c>keyword = value</c> of a connection text, as it was written.</summary>
/// <param name="Position">Offset of the keyword in the text; what an error may name when the word itself could be part of a secret.</param>
internal readonly record struct ConnectionSetting(string Keyword, string Value, int Position);
