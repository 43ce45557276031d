namespace Migrations.Engine.Migrate;

/// <summary>What a person decides where the module must not guess.</summary>
public enum RepairAction
{
    /// <summary>The changed file of an applied script is what counts from now on.</summary>
    Accept,

    /// <summary>The failed attempt counts no more; the next run begins the script anew.</summary>
    Forget,

    /// <summary>The statement in doubt took effect; the next run goes on behind it.</summary>
    Done,

    /// <summary>The statement in doubt is to run again.</summary>
    Redo,
}
