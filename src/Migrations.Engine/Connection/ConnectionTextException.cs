namespace Migrations.Engine.Connection;

/// <summary>A connection text, service file or PG* variable that cannot be understood. Its message never repeats the text: it may hold a password.</summary>
public sealed class ConnectionTextException(string errorId, string message, string advice, FailureKind kind = FailureKind.InvalidInput)
    : EngineException(errorId, kind, message, advice)
{
    internal static ConnectionTextException Malformed(string message, string advice) => new("ConnectionTextInvalid", message, advice);

    internal static ConnectionTextException BadValue(string message, string advice) => new("ConnectionValueInvalid", message, advice);

    internal static ConnectionTextException Unsupported(string message, string advice) =>
        new("ConnectionKeywordRefused", message, advice, FailureKind.Refused);
}
