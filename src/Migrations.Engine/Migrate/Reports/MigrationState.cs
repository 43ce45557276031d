namespace Migrations.Engine.Migrate;

/// <summary>Where one script stands in one database.</summary>
public enum MigrationState
{
    /// <summary>Ran, and its file still says the same.</summary>
    Applied,

    /// <summary>Has a file and has not run.</summary>
    Pending,

    /// <summary>Ran, and its file means something else now.</summary>
    Changed,

    /// <summary>Ran, and its file is gone.</summary>
    Missing,

    /// <summary>Ran, and a checkpoint stands for its file.</summary>
    Replaced,

    /// <summary>Its last attempt failed or never ended.</summary>
    Failed,

    /// <summary>Pending, while a higher version has run.</summary>
    OutOfOrder,
}
