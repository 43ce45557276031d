namespace Migrations.Engine.Audit;

/// <summary>One thing that is not as it should be.</summary>
/// <param name="Seq">The entry; null: none in particular.</param>
public sealed record AuditFinding(AuditState State, long? Seq, string Message)
{
    public override string ToString() => Seq is { } seq ? $"{State} at {seq}: {Message}" : $"{State}: {Message}";
}
