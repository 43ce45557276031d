namespace Migrations.Engine.Migrate;

public enum RunningState
{
    /// <summary>Its session holds the run lock.</summary>
    Running,

    /// <summary>A session holds the run lock and has written no run yet: it plans, installs the history, or runs a plan file.</summary>
    Starting,

    /// <summary>Its end is not recorded and its session is gone: it was cut off, and the next run goes on from what is committed.</summary>
    Interrupted,
}
