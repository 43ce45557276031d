namespace Migrations.Engine.Scripts;

/// <summary>Something is wrong in a script or in the files of a project; nothing has been sent to a server.</summary>
public sealed class ScriptException : EngineException
{
    /// <summary>About a place in a file. The message begins with <c>file:line:column</c>.</summary>
    public ScriptException(string errorId, FailureKind kind, string message, string advice, SourcePosition position, Exception? inner = null)
        : base(errorId, kind, $"{position}: {message}", advice, position.File, inner)
    {
        File = position.File;
        Position = position;
    }

    /// <summary>About a file or folder as a whole.</summary>
    public ScriptException(string errorId, FailureKind kind, string message, string advice, string file, Exception? inner = null)
        : base(errorId, kind, $"{file}: {message}", advice, file, inner) => File = file;

    /// <summary>Relative to the project, with forward slashes.</summary>
    public string File { get; }

    /// <summary>Null when the failure is about the whole file.</summary>
    public SourcePosition? Position { get; }

    /// <summary>From 1; null when the failure is about the whole file.</summary>
    public int? Line => Position?.Line;

    /// <summary>From 1, in characters.</summary>
    public int? Column => Position?.Column;

    /// <summary>The line and a caret under the place.</summary>
    public string? Excerpt => Position?.Excerpt;
}
