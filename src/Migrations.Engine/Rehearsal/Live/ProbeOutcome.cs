namespace Migrations.Engine.Rehearsal;
public enum ProbeOutcome { Holds, Offends, NotAsked }
