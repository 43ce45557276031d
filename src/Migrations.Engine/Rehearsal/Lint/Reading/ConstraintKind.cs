namespace Migrations.Engine.Rehearsal;

/// <summary>What a constraint of a table asks for.</summary>
internal enum ConstraintKind
{
    None,
    Check,
    ForeignKey,
    PrimaryKey,
    Unique,
    Exclude,
    NotNull,
}
