using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Cuts a build into runs: scripts of one role that follow each other are one run, as long as their words say what they do.</summary>
/// <param name="keepsRights">Each is run by its own role, with all rights: on a server of our own, which is thrown away as a whole.</param>
internal sealed class BuildParts(IReadOnlyList<BuildStep> steps, IEnumerable<Script> hooks, bool keepsRights)
{
    private readonly int _plain = keepsRights ? steps.Count : PlainOf(steps, hooks);

    /// <summary>Whether nothing that ran before the step, and not the step itself, can run text that is put together at run time.</summary>
    public bool IsPlain(int index) => index < _plain;

    /// <returns>At least one.</returns>
    public IReadOnlyList<BuildStep> From(int index) => IsPlain(index)
        ? [.. steps.Take(_plain).Skip(index).TakeWhile(step => step.Role == steps[index].Role)]
        : [steps[index]];

    private static int PlainOf(IReadOnlyList<BuildStep> steps, IEnumerable<Script> hooks)
    {
        if (hooks.Any(hook => RunTimeText.Find(hook) is not null)) return 0;
        for (var index = 0; index < steps.Count; index++)
        {
            if (RunTimeText.Find(steps[index].Script) is not null) return index;
            // What an extension brings nobody has read.
            if (steps[index].Script.Up.Steps.Any(step => step.Facts.Verb is "CREATE EXTENSION" or "ALTER EXTENSION")) return index + 1;
        }

        return steps.Count;
    }
}
