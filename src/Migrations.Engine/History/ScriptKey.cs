using Migrations.Engine.Scripts;

namespace Migrations.Engine.History;

/// <summary>How history knows a script: its kind, and its canonical version (a repeatable's name).</summary>
public readonly record struct ScriptKey(string Kind, string Version)
{
    public static ScriptKey Of(Script script)
    {
        ArgumentNullException.ThrowIfNull(script);
        return new ScriptKey(NameOf(script.Kind), script.Version?.Canonical ?? script.Name);
    }

    public static ScriptKey OfVersion(ScriptVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return new ScriptKey(NameOf(ScriptKind.Versioned), version.Canonical);
    }

    public static string NameOf(ScriptKind kind) => kind.ToString().ToLowerInvariant();
}
