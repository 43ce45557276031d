using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>What a rehearsal knows of its target, read at the beginning in one session that is closed before the work begins.</summary>
/// <param name="Start">What has run there, and what would run next.</param>
/// <param name="Schema">The fingerprint; null when nothing is pending, and nobody asked.</param>
/// <param name="Live">How big its relations are; null likewise.</param>
internal sealed record TargetFacts(ServerFacts Server, ServerAddress Address, StartingPoint Start, string? Schema, LiveCatalog? Live);
