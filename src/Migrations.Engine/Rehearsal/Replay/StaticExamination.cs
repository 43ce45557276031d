using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Reads the text of scripts and asks no server: the rules that words alone can decide, and no proof.</summary>
public sealed class StaticExamination(ScriptProject project, MigrationRequest request, TimeProvider clock)
{
    private readonly SecretMask _secrets = Stage.SecretsOf(project);

    /// <exception cref="EngineException">UnknownVersion.</exception>
    public async IAsyncEnumerable<MigrationReport> RunAsync()
    {
        var linter = new Linter();
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        foreach (var script in StartingPoint.Nothing(project, request).Pending)
        {
            yield return Examine(script, linter, today);
            await Task.Yield();
        }
    }

    private MigrationReport Examine(Script script, Linter linter, DateOnly today)
    {
        var report = ScriptRehearsal.ReportOf(script) with { Notes = ["Only the text was read: what a DO block or a function does, what is rewritten or scanned, and every proof takes a rehearsal."] };
        try
        {
            var segments = Segmenter.Cut(script.Name, script.Up.Settings.Transaction, script.Up.Steps);
            var findings = linter.Examine(new LintCase { Script = script, Segments = segments, DefaultLockTimeout = request.Retry.LockTimeout }, today);
            return report with { Findings = [.. findings.Select(finding => finding with { Message = _secrets.Apply(finding.Message), Rewrite = _secrets.Apply(finding.Rewrite) })] };
        }
        catch (ScriptException refused)
        {
            return report with { Error = ReportError.Of(refused) };
        }
    }
}
