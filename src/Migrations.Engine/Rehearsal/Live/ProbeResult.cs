namespace Migrations.Engine.Rehearsal;

/// <summary>A question to the rows of the target, and the answer.</summary>
/// <param name="Relation">Full name, quoted where it must be.</param>
/// <param name="What">What the script demands: <c>check constraint public.orders.orders_total_check</c>.</param>
/// <param name="Message">For the reader, in one or two sentences.</param>
/// <param name="Offender">The primary key of the first row that does not obey, or its ctid where there is no key; never another value of it.</param>
public sealed record ProbeResult(string Relation, string What, ProbeOutcome Outcome, string Message, string? Offender);
