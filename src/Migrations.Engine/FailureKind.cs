namespace Migrations.Engine;

/// <summary>What sort of failure an <see cref="EngineException"/> is; a shell maps it to its own categories.</summary>
public enum FailureKind
{
    InvalidInput,
    NotFound,
    Conflict,
    Connection,
    Authentication,
    Permission,
    Busy,
    Timeout,
    Stopped,
    Data,
    Syntax,
    Refused,
    Server,
    Resource,
}
