using System.Management.Automation;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Binding;

/// <summary>How -Version names scripts: as a number (7 is 007), or with wildcards over the version or the name.</summary>
internal static class VersionPattern
{
    public static bool Matches(string pattern, string version, string name)
    {
        if (ScriptVersion.TryParse(pattern, out var wanted) && ScriptVersion.TryParse(version, out var actual)) return wanted == actual;
        var wildcard = WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase);
        return wildcard.IsMatch(version) || wildcard.IsMatch(name);
    }
}
