using System.Text.RegularExpressions;

namespace Migrations.Engine.Scripts;

/// <summary>
/// Orders scripts by what they require. Scripts that require nothing of each other keep the order that they came in, so the number decides
/// wherever it may.
/// </summary>
internal static class RequireOrder
{
    /// <summary>What a word may resolve to instead of a place: it is there, and comes first anyway.</summary>
    public const int Satisfied = -1;

    /// <param name="inOrder">In the order that counts where nothing is required.</param>
    /// <param name="resolve">From a word of <c>requires</c> to a place in the list; null: no such script.</param>
    /// <exception cref="ScriptException"><c>RequiresUnknown</c> or <c>RequiresCycle</c>.</exception>
    public static IReadOnlyList<Script> Sort(IReadOnlyList<Script> inOrder, Func<Script, string, int?> resolve)
    {
        if (inOrder.All(s => s.Header.Requires.Count == 0)) return inOrder;

        var required = inOrder.Select(script => Resolve(script, resolve)).ToArray();
        var missing = required.Select(r => r.Count).ToArray();
        var dependents = Enumerable.Range(0, inOrder.Count).SelectMany(i => required[i].Select(r => (Required: r, By: i))).ToLookup(e => e.Required, e => e.By);

        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < missing.Length; i++)
            if (missing[i] == 0) ready.Enqueue(i, i);

        var sorted = new List<Script>(inOrder.Count);
        while (ready.TryDequeue(out var next, out _))
        {
            sorted.Add(inOrder[next]);
            foreach (var dependent in dependents[next])
                if (--missing[dependent] == 0) ready.Enqueue(dependent, dependent);
        }

        return sorted.Count == inOrder.Count ? sorted : throw Cycle(inOrder, required, missing);
    }

    private static List<int> Resolve(Script script, Func<Script, string, int?> resolve)
    {
        var required = new List<int>();
        foreach (var word in script.Header.Requires)
        {
            var index = resolve(script, word);
            if (index is null)
            {
                throw new ScriptException("RequiresUnknown", FailureKind.NotFound, $"'{script.Name}' requires '{word}', and there is no such script.",
                    "Name another script of the project by its version or by its whole name.", PositionOf(script, word));
            }

            if (index != Satisfied && !required.Contains(index.Value)) required.Add(index.Value);
        }

        return required;
    }

    private static ScriptException Cycle(IReadOnlyList<Script> scripts, List<int>[] required, int[] missing)
    {
        // Every script left over waits for another one left over: following that edge must come round.
        var chain = new List<int>();
        for (var at = Array.FindIndex(missing, m => m > 0); !chain.Contains(at); at = required[at].First(r => missing[r] > 0)) chain.Add(at);

        var again = required[chain[^1]].First(r => missing[r] > 0);
        var cycle = chain[chain.IndexOf(again)..];
        var names = string.Join(" requires ", cycle.Append(again).Select(i => scripts[i].Name));
        return new ScriptException("RequiresCycle", FailureKind.Conflict, $"The scripts require each other in a circle: {names}.",
            "Take out one of these requirements.", PositionOf(scripts[cycle[0]], null));
    }

    private static SourcePosition PositionOf(Script script, string? word)
    {
        var position = script.Header.EntryOf("requires")!.Position;
        if (word is null) return position;
        var whole = new Regex($@"(?<=[\s,:]){Regex.Escape(word)}(?=[\s,]|$)", RegexOptions.CultureInvariant);
        return position with { Column = whole.Match(position.LineText).Index + 1 };
    }
}
