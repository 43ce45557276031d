using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// A stretch of a script that commits as one: consecutive statements in a transaction, or a single statement that refuses one.
/// </summary>
/// <param name="Begin">The statement that opens the transaction (a script's own BEGIN keeps its isolation level); null outside one.</param>
public sealed record Segment(string? Begin, IReadOnlyList<ScriptStep> Steps)
{
    public bool IsTransaction => Begin is not null;

    /// <summary>Where it begins in its file; 0 when it is empty.</summary>
    internal int Line => Steps.Count == 0 ? 0 : Steps[0].Position.Line;

    /// <summary>Its identity in the journal. Made of the code as written: a secret's value never gets into a hash that is stored.</summary>
    internal string Hash => Journal.HashOf(string.Join('\n', Steps.Select(step => step.TokenHash)))!;
}
