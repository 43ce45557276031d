namespace Migrations.Engine.Rehearsal;

/// <summary>How far the values of generated rows go.</summary>
internal enum RowRange
{
    /// <summary>NULL, empty and Unicode values, and numbers, dates and lengths as people have them.</summary>
    Plain,

    /// <summary>Also the largest and smallest that a type can hold: a script that adds one to every number fails on them, and would not in a year of production.</summary>
    Bounds,
}
