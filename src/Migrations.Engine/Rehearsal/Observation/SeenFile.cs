namespace Migrations.Engine.Rehearsal;

internal sealed record SeenFile(uint Relation, long File, string Name);
