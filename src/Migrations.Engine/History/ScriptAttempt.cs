namespace Migrations.Engine.History;

/// <summary>One try to run one script in one direction; the id is made by the client, so a lost answer can be asked for later.</summary>
internal sealed record ScriptAttempt(
    Guid Id,
    Guid RunId,
    ScriptKey Key,
    string Name,
    string Title,
    Direction Direction,
    string Path,
    string? Author,
    string? Ticket,
    string ExactHash,
    string TokenHash,
    int HashVersion,
    string? UpText,
    string? DownText,
    string? Irreversible,
    bool OutOfOrder,
    bool Atomic);
