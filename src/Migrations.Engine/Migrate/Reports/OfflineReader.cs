using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Reads every script of a project to its last statement, as a run would before it asks the server: the check for a pull request.</summary>
public sealed class OfflineReader(ScriptProject project)
{
    /// <exception cref="EngineException">The first thing that a run would refuse without a server: files, variables, transactions, questions.</exception>
    public IReadOnlyList<OfflineScript> Read()
    {
        foreach (var hook in project.Hooks.Values) Segmenter.Cut(hook.Name, hook.Up.Settings.Transaction, hook.Up.Steps);
        return [.. project.Versioned.Concat(project.Repeatable).Select(Describe)];
    }

    private static OfflineScript Describe(Script script)
    {
        var up = Segmenter.Cut(script.Name, script.Up.Settings.Transaction, script.Up.Steps);
        if (script.Down is { } down) Segmenter.Cut(script.Name, down.Settings.Transaction, down.Steps);
        Questions.Of(script.Check);
        Questions.Of(script.Verify);
        return new OfflineScript
        {
            Version = script.Version?.ToString() ?? "",
            Name = script.Name,
            Title = script.Title,
            Kind = script.Kind,
            Statements = up.Sum(segment => segment.Steps.Count),
            IsAtomic = up is [{ IsTransaction: true }],
            HasDown = script.Down is not null,
            Irreversible = script.Header.Irreversible,
            Requires = script.Header.Requires,
            Tags = script.Header.Tags,
            Author = script.Header.Author,
            Ticket = script.Header.Ticket,
            ExactHash = script.ExactHash,
            TokenHash = script.TokenHash,
            Path = script.RelativePath,
        };
    }
}
