using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>One line of a <see cref="RunLog"/>. What an event does not have is left out.</summary>
internal sealed record RunLogLine
{
    public DateTime At { get; init; }

    public string Event { get; init; } = "";

    public Guid? RunId { get; init; }

    public string? Kind { get; init; }

    public string? Host { get; init; }

    public int? Port { get; init; }

    public string? Database { get; init; }

    public string? Role { get; init; }

    public string? Environment { get; init; }

    public string? ServerVersion { get; init; }

    public int? Scripts { get; init; }

    public string? By { get; init; }

    public int? ProcessId { get; init; }

    public string? Module { get; init; }

    public string? Version { get; init; }

    public string? Script { get; init; }

    public string? Direction { get; init; }

    public string? Path { get; init; }

    public double? Seconds { get; init; }

    public int? Statements { get; init; }

    public int? Retries { get; init; }

    public string? BlockedBy { get; init; }

    public string? Severity { get; init; }

    public string? ErrorId { get; init; }

    public FailureKind? Category { get; init; }

    public string? SqlState { get; init; }

    public string? Message { get; init; }

    public string? Detail { get; init; }

    public string? Hint { get; init; }

    public string? Advice { get; init; }

    public string? File { get; init; }

    public int? Line { get; init; }

    public int? Column { get; init; }

    public string? Outcome { get; init; }

    public int? Succeeded { get; init; }

    /// <summary>Names and numbers hold no secret; whatever a person or the server wrote might.</summary>
    public RunLogLine Masked(SecretMask mask) => this with
    {
        BlockedBy = mask.ApplyOrNull(BlockedBy),
        Message = mask.ApplyOrNull(Message),
        Detail = mask.ApplyOrNull(Detail),
        Hint = mask.ApplyOrNull(Hint),
        Advice = mask.ApplyOrNull(Advice),
    };
}
