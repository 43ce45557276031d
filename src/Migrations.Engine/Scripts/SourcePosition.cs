namespace Migrations.Engine.Scripts;

/// <summary>A place in a script file, as an editor would name it.</summary>
/// <param name="File">Relative to the project, with forward slashes.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters (a tab is one).</param>
/// <param name="LineText">The whole line as written, so variables show their names and never their values.</param>
public sealed record SourcePosition(string File, int Line, int Column, string LineText)
{
    /// <summary>The line with a caret under the place; two lines of text.</summary>
    public string Excerpt => CaretExcerpt.Render(this);

    public override string ToString() => $"{File}:{Line}:{Column}";
}
