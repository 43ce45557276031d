namespace Migrations.Engine.Rehearsal;

/// <summary>A question to the rows of one relation of the target.</summary>
/// <param name="What">What the script demands of them.</param>
/// <param name="Deed">The statement or act that fails when one does not obey.</param>
internal sealed record DataProbe(string Relation, string What, string Deed)
{
    /// <summary>True for a row that does not obey; its columns unqualified, the row itself as <c>t</c>.</summary>
    public string? Offence { get; init; }

    /// <summary>Expressions of which no two rows may be the same.</summary>
    public IReadOnlyList<string> Unique { get; init; } = [];

    /// <summary>Of a partial unique index.</summary>
    public string? Where { get; init; }

    public bool NullsAreTheSame { get; init; }

    /// <summary>Of a domain: the column that stands for VALUE.</summary>
    public string? Value { get; init; }

    /// <summary>The offence is written for a server with pg_input_is_valid (16); before it, this one; null: none is safe.</summary>
    public string? OffenceBefore16 { get; init; }

    /// <summary>Why no question is safe or known.</summary>
    public string? NotAskedBecause { get; init; }
}
