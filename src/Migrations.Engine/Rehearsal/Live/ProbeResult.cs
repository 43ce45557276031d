namespace Migrations.Engine.Rehearsal;
public sealed record ProbeResult(string Relation, string What, ProbeOutcome Outcome, string Message, string? Offender);
