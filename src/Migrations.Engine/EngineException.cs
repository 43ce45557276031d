namespace Migrations.Engine;

/// <summary>
/// A failure that a person has to act on: a stable id, what it is about, and the way out.
/// Every exception that leaves the engine on purpose is one of these.
/// </summary>
public class EngineException : Exception
{
    public EngineException(string errorId, FailureKind kind, string message, string advice, object? target = null, Exception? inner = null)
        : base(message, inner)
    {
        ErrorId = errorId;
        Kind = kind;
        Advice = advice;
        Target = target;
    }

    /// <summary>Stable, PascalCase, documented in about_Migrations_Errors; scripts may test for it.</summary>
    public string ErrorId { get; }

    public FailureKind Kind { get; }

    /// <summary>The way out, in one or two sentences.</summary>
    public string Advice { get; }

    /// <summary>The script, file, table or connection that the failure is about.</summary>
    public object? Target { get; }

    /// <summary>The SQLSTATE, when the server reported the failure.</summary>
    public virtual string? SqlState => null;
}
