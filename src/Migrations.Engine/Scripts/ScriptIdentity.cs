namespace Migrations.Engine.Scripts;

/// <summary>What a script is called and where it lies.</summary>
internal sealed record ScriptIdentity(ScriptKind Kind, string Name, string Title, string RelativePath, string FullPath)
{
    public ScriptVersion? Version { get; init; }

    public HookPoint? HookPoint { get; init; }

    /// <summary>Versions that something else than the header requires: a sqitch plan.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];
}
