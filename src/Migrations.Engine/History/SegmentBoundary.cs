namespace Migrations.Engine.History;

/// <summary>Where a transaction had to end in mid-script, because the server refused a statement inside it that nothing had given away.</summary>
/// <param name="Statement">Number of that statement in its section, from 1.</param>
/// <param name="Hash">Of its code: an edited statement is another one.</param>
/// <param name="Alone">It runs outside a transaction; otherwise the next transaction begins with it.</param>
internal sealed record SegmentBoundary(int Statement, string Hash, bool Alone);
