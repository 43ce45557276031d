namespace Migrations.Engine.Scripts;

/// <summary>One change of a sqitch plan.</summary>
/// <param name="Name">May hold slashes, and then its files lie in folders.</param>
/// <param name="Version">UTC time of planning.</param>
internal sealed record SqitchChange(string Name, string Version, string Note, IReadOnlyList<SqitchChange> Requires)
{
    /// <summary>The stems that its files may have below <c>deploy/</c>: of a change that was reworked later, one that bears a tag.</summary>
    public IReadOnlyList<string> Stems { get; private init; } = [Name];

    public SqitchChange Reworked(IReadOnlyList<string> tags) => this with { Stems = [.. tags.Select(tag => $"{Name}@{tag}")] };
}
