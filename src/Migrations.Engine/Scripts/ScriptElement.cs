namespace Migrations.Engine.Scripts;

/// <summary>
/// A part of a script that psql acts on at one moment. A script's elements stand in the order in which psql acts: a backslash
/// command inside a statement comes before that statement, which is sent only when it is complete.
/// </summary>
/// <param name="Start">Offset of the element's first character in the text of the script.</param>
/// <param name="Length">Length in the text of the script.</param>
/// <param name="Line">1-based line of its first character that is code (comments are not).</param>
/// <param name="Column">1-based column of that character.</param>
public abstract record ScriptElement(int Start, int Length, int Line, int Column);
