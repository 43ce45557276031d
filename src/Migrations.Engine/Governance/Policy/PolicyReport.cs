namespace Migrations.Engine.Governance;

/// <summary>What a policy says of the rehearsal's report.</summary>
/// <param name="IsRequired">Null: as elsewhere in the policy, and in the end no.</param>
/// <param name="Path">Relative to the project; null: only where one is given.</param>
internal sealed record PolicyReport(bool? IsRequired, string? Path)
{
    public static PolicyReport None { get; } = new(null, null);

    public PolicyReport Under(PolicyReport other) => new(other.IsRequired ?? IsRequired, other.Path ?? Path);
}
