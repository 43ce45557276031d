namespace Migrations.Engine.Tables;

/// <summary>What becomes of a key that stands in the files more than once.</summary>
public enum DuplicateKey
{
    Error,
    First,
    Last,
}
