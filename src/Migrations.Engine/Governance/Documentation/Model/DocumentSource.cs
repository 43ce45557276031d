namespace Migrations.Engine.Governance;

/// <summary>What a document describes.</summary>
public enum DocumentSource
{
    /// <summary>A database as it stands, and what its history says.</summary>
    Database,

    /// <summary>What the scripts of a project build in an empty database; no history was asked.</summary>
    Scripts,
}
