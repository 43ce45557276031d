namespace Migrations.Engine.Audit;

/// <summary>One link of the chain.</summary>
/// <param name="Seq">From 1, without gaps.</param>
/// <param name="PrevHash">Hash of the entry before, lower-case hex; of the first one the genesis.</param>
/// <param name="Hash">SHA-256 over version, chain, number, hash before, length and payload; lower-case hex.</param>
/// <param name="Payload">JSON, exactly as it was hashed.</param>
public sealed record AuditEntry(long Seq, string PrevHash, string Hash, string Payload);
