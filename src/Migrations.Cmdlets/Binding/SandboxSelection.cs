using System.Management.Automation;
using Migrations.Cmdlets.Output;
using Migrations.Cmdlets.State;
using Migrations.Engine;
using Migrations.Engine.Sandbox;

namespace Migrations.Cmdlets.Binding;

/// <summary>The sandboxes that names and patterns mean.</summary>
internal static class SandboxSelection
{
    /// <param name="report">Gets one failure for each plain name that means nothing; a pattern may.</param>
    public static IReadOnlyList<DbSandbox> Of(
        IEnumerable<string> names, IReadOnlyList<SandboxInfo> living, RunspaceState state, Action<EngineException> report)
    {
        var chosen = new List<SandboxInfo>();
        foreach (var name in names)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var matching = living.Where(info => pattern.IsMatch(info.Name)).ToList();
            if (matching.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) report(NotFound(name));
            chosen.AddRange(matching);
        }

        return [.. chosen.Distinct().Select(info => state.Sandbox(info.Name) ?? new DbSandbox(info, null))];
    }

    private static EngineException NotFound(string name) => new("SandboxNotFound", FailureKind.NotFound,
        $"There is no sandbox '{name}'.", "Get-DbSandbox lists the living ones of this user.", name);
}
