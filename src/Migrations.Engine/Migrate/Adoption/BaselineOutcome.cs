namespace Migrations.Engine.Migrate;

public enum BaselineOutcome
{
    /// <summary>Would be taken over: a row of the plan.</summary>
    Planned,

    /// <summary>On record as applied, and was not run.</summary>
    TakenOver,
}
