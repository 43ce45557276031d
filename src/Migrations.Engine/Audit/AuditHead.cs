namespace Migrations.Engine.Audit;

/// <summary>The end of the chain as the database keeps it.</summary>
/// <param name="At">When it was read, by the server's clock.</param>
internal sealed record AuditHead(Guid ChainId, string Genesis, long Seq, string Hash, DateTime At)
{
    public ChainIdentity Chain => new(ChainId, Genesis);
}
