namespace Migrations.Engine.Audit;

/// <summary>What has begun and not ended. The next run of a script explains one that was cut off; the next run explains a run.</summary>
internal sealed class OpenActs
{
    private static readonly string[] s_ends = ["ScriptSucceeded", "ScriptFailed", "ScriptInterrupted", "ScriptForgotten"];

    private readonly Dictionary<Guid, (long Seq, Guid? Run, (string Kind, string Version)? Script)> _attempts = [];
    private readonly Dictionary<Guid, long> _runs = [];

    public void Add(long seq, AuditPayload said)
    {
        if (said.Act == "RunStarted" && said.Run is { } began)
        {
            _runs.Clear();
            _runs[began] = seq;
        }
        else if (said.Act == "RunEnded" && said.Run is { } ended) _runs.Remove(ended);

        if (said.Script is { } script)
            foreach (var (earlier, _) in _attempts.Where(open => open.Value.Script == script).ToList()) _attempts.Remove(earlier);
        if (said.Attempt is not { } attempt) return;
        if (said.Act == "ScriptStarted") _attempts[attempt] = (seq, said.Run, said.Script);
        else if (s_ends.Contains(said.Act)) _attempts.Remove(attempt);
    }

    public IEnumerable<AuditFinding> Left(Guid? running) =>
        _attempts.Values.Where(open => open.Run != running || running is null)
            .Select(open => new AuditFinding(AuditState.Incomplete, open.Seq, $"The script {open.Script?.Version} began here, and how it ended is not on record."))
            .Concat(_runs.Where(open => open.Key != running).Select(open => new AuditFinding(AuditState.Incomplete, open.Value, "The run that began here has not ended.")))
            .OrderBy(finding => finding.Seq);
}
