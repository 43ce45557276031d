namespace Migrations.Engine.Governance;

/// <summary>A column of a table or view.</summary>
/// <param name="Name">As SQL spells it.</param>
/// <param name="Value">Where its value comes from when nobody gives one: a default, an identity, an expression; null when from nowhere.</param>
public sealed record DocumentedColumn(string Name, string Type, bool IsNotNull, string? Value, string? Comment)
{
    public bool IsPrimaryKey { get; init; }

    public bool IsForeignKey { get; init; }

    /// <summary>It comes from a parent table.</summary>
    public bool IsInherited { get; init; }
}
