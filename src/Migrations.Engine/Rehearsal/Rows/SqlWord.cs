namespace Migrations.Engine.Rehearsal;

/// <summary>A word of an expression as the server prints it.</summary>
/// <param name="Text">A name without its quotes, a string without its own.</param>
internal readonly record struct SqlWord(SqlWordKind Kind, string Text, int Start, int End);

internal enum SqlWordKind
{
    Name,
    Text,
    Number,
    Sign,
}
