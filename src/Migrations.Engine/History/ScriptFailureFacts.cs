namespace Migrations.Engine.History;

/// <summary>What history keeps of a failure. DETAIL is left out on purpose: it quotes the values of rows.</summary>
internal sealed record ScriptFailureFacts(
    string Message, string? SqlState, string? File, int? Line, int? Column, int? Statement, int Retries, string? BlockedBy);
