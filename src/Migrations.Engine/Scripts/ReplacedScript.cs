namespace Migrations.Engine.Scripts;

/// <summary>One of the scripts that a checkpoint stands for.</summary>
/// <param name="TokenHash">Of the last one, and of an earlier checkpoint among them, which stood for all before it; null for the others.</param>
public sealed record ReplacedScript(ScriptVersion Version, string? TokenHash = null)
{
    public override string ToString() => TokenHash is null ? Version.ToString() : $"{Version}={TokenHash}";
}
