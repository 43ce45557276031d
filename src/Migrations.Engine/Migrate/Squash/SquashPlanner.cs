using System.Text.Encodings.Web;
using System.Text.Json;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Makes one script of many: builds them in a sandbox, writes down what they made, builds that in another sandbox, and compares the two. A further
/// build under other names tells what depends on who runs the scripts, where and when. The database is only asked whether all of them have run
/// there; no file of the project is touched.
/// </summary>
public sealed class SquashPlanner(Database database, ScriptProject project, IActivity activity, TimeProvider clock)
{
    /// <param name="upTo">The last version that goes into it; the checkpoint gets this version.</param>
    /// <exception cref="EngineException">
    /// <c>UnknownVersion</c>, <c>SquashRefused</c>, <c>SquashBuildFailed</c>, <c>CheckpointDiffers</c>, <c>PgDumpNotFound</c>, and those of a connection and of a sandbox.
    /// </exception>
    public async Task<SquashPlan> PlanAsync(MigrationRequest request, string upTo, string title, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        RefuseFolder();
        await using var session = await database.OpenAsync(cancellationToken);
        var store = new HistoryStore(request.History);
        var presence = await store.LookAsync(session, cancellationToken);
        var history = presence.IsInstalled ? await store.ReadAsync(session, cancellationToken) : HistorySnapshot.Empty;
        var target = RunTarget.Of(session, presence);
        var scripts = Chosen(upTo, history, target);

        // The sandboxes carry no stamp.
        var build = request with { Environment = null, Target = null, Version = null };
        var before = await BuildAsync(project.Only(scripts), build, session.Server.Major, SquashBuild.Superuser, "the scripts", cancellationToken);
        if (before.Unkept.Count > 0)
            throw Refused($"the scripts make what belongs to the server and no dump holds: {string.Join(", ", before.Unkept)}", "Squash up to a version before it.", before.Unkept[0]);
        var control = await BuildAsync(project.Only(scripts), build, session.Server.Major, $"squash_{Guid.NewGuid():N}"[..19], "the scripts", cancellationToken);
        var (depending, computed) = DumpSections.Differing(CheckpointText.ForAnyRunner(before), CheckpointText.ForAnyRunner(control));
        if (depending.Count > 0)
            throw Refused($"what the scripts make depends on who runs them, in which database or when: {string.Join(", ", depending)}", "Squash up to a version before it; what is chosen at run time cannot be written down.", depending[0]);

        var last = scripts.MaxBy(script => script.Version)!;
        var replaced = Replaced(scripts, last);
        var text = CheckpointText.Of(before, title, replaced, scripts.Count, target.ServerVersion, clock.GetUtcNow());
        RefuseSecrets(text);
        var name = NameOf(last, title);
        var after = await BuildAsync(text, name, build, session.Server.Major, cancellationToken);
        Compare(before, after, name);
        return new SquashPlan(
            new CheckpointScript
            {
                Version = last.Version!.ToString(),
                Name = name,
                Path = $"{ProjectFolder.VersionsName}/{name}.sql",
                Replaces = [.. scripts.OrderBy(script => script.Version).Select(script => script.Name)],
                MovedTo = ProjectFolder.SquashedName,
                VerifiedOn = target.ServerVersion,
                ComparedLines = before.Dump.Count(c => c == '\n'),
                Warnings = [.. Warnings(before, computed)],
            },
            target, text, project.Folder, project.Variables,
            ScriptUnit.Find(project.Folder).Where(unit => unit.Version <= last.Version).SelectMany(unit => unit.Entries).Select(entry => entry.Path));
    }

    private List<Script> Chosen(string upTo, HistorySnapshot history, RunTarget target)
    {
        var limit = ScriptVersion.Parse(upTo);
        if (!project.Versioned.Any(script => script.Version == limit))
            throw new EngineException("UnknownVersion", FailureKind.NotFound, $"No script has the version {upTo}.", $"Get-Migration lists the versions. The project is {project.Root}.", upTo);

        var chosen = project.Versioned.Where(script => script.Version! <= limit).ToList();
        if (chosen.Count < 2) throw Refused($"{chosen[0].Name} is the only script up to {upTo}", "Choose a higher version.", chosen[0].Name);
        foreach (var script in chosen)
        {
            if (history.Unfinished(ScriptKey.Of(script)) is not null || history.Applied(ScriptKey.Of(script)) is not { } applied)
                throw Refused($"{script.Name} has not run to its end in {target}", "Squash only what has run in every database: choose a lower version, or run it first.", script.Name);
            if (ChangeGuard.IsChanged(script, applied))
                throw Refused($"{script.Name} means something else now than when it ran in {target}", "Restore the file, or settle it with Repair-Migration -Accept, first.", script.Name);
            if (script.Header.Requires.FirstOrDefault(word => ScriptName.TryParse(word)?.Version is { } needed && needed > limit) is { } later)
                throw Refused($"{script.Name} requires {later}, which would come after the checkpoint", "Choose a version that holds both.", script.Name);
        }

        return chosen;
    }

    /// <summary>A checkpoint among them stood for others before; they are named too, because a database may have run those.</summary>
    private static ReplacedScripts Replaced(List<Script> scripts, Script last) => new(
    [
        .. from script in scripts
           orderby script.Version
           from replaced in script.Header.Replaces is { } earlier ? earlier.Scripts.SkipLast(1).Append(new ReplacedScript(script.Version!, script.TokenHash)) : [new ReplacedScript(script.Version!)]
           select replaced.Version == last.Version ? replaced with { TokenHash = last.TokenHash } : replaced,
    ]);

    private async Task<SquashBuild> BuildAsync(ScriptProject scripts, MigrationRequest request, int major, string runner, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await SquashBuild.RunAsync(scripts, request, major, runner, activity, clock, cancellationToken);
        }
        catch (EngineException failure) when (failure is MigrationFailedException or ScriptException)
        {
            throw new EngineException("SquashBuildFailed", FailureKind.Conflict, $"On an empty server {what} could not be built: {failure.Message} No file was touched.",
                "A squash needs scripts that build an empty database by themselves: roles, extensions and settings that they count on must be made by them.", failure.Target, failure);
        }
    }

    /// <summary>As a run will read it: from a file, with the project's variables.</summary>
    private async Task<SquashBuild> BuildAsync(string text, string name, MigrationRequest request, int major, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("migrations-squash-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.CreateSubdirectory(ProjectFolder.VersionsName).FullName, name + ".sql"), text, cancellationToken);
            var alone = ScriptProject.Load(folder.FullName, new ProjectLoadOptions { CurrentFolder = folder.FullName, Variables = project.Variables });
            return await BuildAsync(alone, request, major, SquashBuild.Superuser, $"the checkpoint {name}", cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compare(SquashBuild before, SquashBuild after, string name)
    {
        var (first, second) = (LinesOf(before), LinesOf(after));
        var at = first.Zip(second).TakeWhile(pair => pair.First == pair.Second).Count();
        if (at == first.Length && at == second.Length) return;
        var place = first.Take(at + 1).LastOrDefault(line => line.StartsWith("-- Name: ", StringComparison.Ordinal) || line.StartsWith("-- Data for Name: ", StringComparison.Ordinal));
        throw new EngineException("CheckpointDiffers", FailureKind.Conflict,
            $"The checkpoint {name} does not make what the scripts make{(place is null ? "" : $" ({place[3..]})")}: they make '{LineAt(first, at)}', it makes '{LineAt(second, at)}'. No file was touched.",
            "What differs cannot be written as statements that build it anew. Squash up to a version before it, or write the checkpoint by hand.", name);
    }

    private static string[] LinesOf(SquashBuild build) => [.. build.Around, .. DumpText.Rewrite(build.Dump, FlatConditions.Of).Split('\n')];

    private static string LineAt(string[] lines, int at) => at < lines.Length ? lines[at] : "nothing more";

    /// <summary>Also as it looks inside a literal, in the rows of a COPY and in JSON.</summary>
    private void RefuseSecrets(string text)
    {
        var secrets = project.Variables.Secrets.Concat(project.Variables.Where(variable => variable.IsSecret).SelectMany(variable => new[]
        {
            variable.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal),
            JsonEncodedText.Encode(variable.Value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        }));
        if (!secrets.Any(secret => secret.Length > 0 && text.Contains(secret, StringComparison.Ordinal))) return;
        throw Refused("the checkpoint would hold the value of a secret variable", "Squash up to a version before the script that uses it.", project.Root);
    }

    private IEnumerable<string> Warnings(SquashBuild build, IReadOnlyList<string> computed)
    {
        if (computed.Count > 0)
            yield return $"These hold what the build computed (times, random values, names of roles), which every new database gets alike from now on: {string.Join(", ", computed)}. Look at their rows before you commit the checkpoint.";
        if (build.RolesWithPassword.Count > 0)
            yield return $"The checkpoint makes these roles without their passwords: {string.Join(", ", build.RolesWithPassword)}.";
        if (project.Variables.Any())
            yield return $"The checkpoint holds what the variables were in this build: {string.Join(", ", project.Variables.Select(variable => variable.Name).Order(StringComparer.Ordinal))}.";
    }

    private static string NameOf(Script last, string title)
    {
        var (name, slug) = (ScriptName.TryParse(last.Name)!, ScriptSlug.Of(title) is { Length: > 0 } words ? words : "checkpoint");
        return name.Style == NameStyle.Plain ? $"{last.Version}_{slug}" : $"V{last.Version}__{slug}";
    }

    private void RefuseFolder()
    {
        project.Folder.RefuseSqitchPlan();
        if (project.Folder.IsPlain)
            throw Refused($"{project.Root} is a plain folder of scripts, and what a checkpoint replaces needs a place beside it", "Put the scripts into a folder versions/ there; their versions and history stay what they are.", project.Root);
    }

    private static EngineException Refused(string why, string advice, string target) => new("SquashRefused", FailureKind.Refused, $"There is no squash: {why}. No file was touched.", advice, target);
}
