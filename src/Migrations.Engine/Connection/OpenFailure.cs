namespace Migrations.Engine.Connection;

/// <summary>Why one address gave no session.</summary>
/// <param name="Reason">One sentence without secrets.</param>
/// <param name="Advice">The way out.</param>
/// <param name="IsFinal">Another address would answer the same: the account is refused, or the database is not there.</param>
internal sealed record OpenFailure(ServerAddress Address, ConnectionStage Stage, string Reason, string Advice, Exception? Cause = null, string? SqlState = null, bool IsFinal = false);
