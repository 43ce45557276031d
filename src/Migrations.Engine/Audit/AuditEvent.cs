namespace Migrations.Engine.Audit;

/// <summary>An act on record, as a person reads it.</summary>
/// <param name="Seq">Its number in the chain; null for one of a time before there was a chain.</param>
/// <param name="At">By the server's clock, in UTC.</param>
/// <param name="Who">Operating system user, machine and role; null where nobody is on record, or he was taken out.</param>
/// <param name="Version">Of the script that it is about.</param>
/// <param name="Detail">JSON.</param>
/// <param name="Hash">Lower-case hex.</param>
public sealed record AuditEvent(long? Seq, DateTime At, string Act, string? Who, string? Version, string? Script, string? Direction, Guid? RunId, Guid? AttemptId, string Detail, string? Hash);
