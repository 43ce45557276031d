namespace Migrations.Engine.Rehearsal;

public enum SchemaSource
{
    /// <summary>The applied scripts run again, in the order in which they ran.</summary>
    Scripts,

    /// <summary>A schema-only dump of the target is loaded; it takes a pg_dump of the target's major or a newer one.</summary>
    Dump,
}
