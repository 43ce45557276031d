using Benchmarks.Proxy;
using Benchmarks.Runner.Contenders;

namespace Benchmarks.Runner;

/// <summary>
/// How fast scripts run, beside one psql session and beside the known tools: on loopback, ten milliseconds away, and with
/// nothing to do.
/// </summary>
internal sealed class RunnerBenchmark(RunnerOptions options, BenchmarkServer server, Field field, RunnerReport report)
{
    private static readonly TimeSpan s_distance = TimeSpan.FromMilliseconds(10);

    private readonly List<Bound> _bounds = [];

    /// <summary>Returns the exit code: 1 when a bound is missed.</summary>
    public static async Task<int> RunAsync(RunnerOptions options, TextWriter output, CancellationToken ct)
    {
        await using var server = await BenchmarkServer.StartAsync(options.Connection, options.Server, ct);
        var field = await Field.GatherAsync(options, ct);
        var benchmark = new RunnerBenchmark(options, server, field, new RunnerReport(output, field));
        return await benchmark.RunAsync(ct) ? 0 : 1;
    }

    private async Task<bool> RunAsync(CancellationToken ct)
    {
        using var workload = new WorkloadFolder(options.Scripts);
        await report.OpenAsync(server, options, workload.Workload, ct);

        var near = new Stage(server);
        foreach (var contender in field.Ours.Concat(field.Theirs).SelectMany(contender => Enumerable.Repeat(contender, contender.IsHere ? RunnerReport.WarmUpsHere : 1)))
            await near.RunAsync(contender, await workload.ForAsync(contender, ct), ct);

        if (options.Has("loopback"))
            JudgeLoopback(await CompareAsync("on loopback", near, workload, ct));
        if (options.Has("proxy"))
            await CompareAtDistanceAsync(workload, ct);
        if (options.Has("chain"))
            await MeasureChainAsync(near, workload, ct);
        if (options.Has("noop"))
            await MeasureNothingToDoAsync(ct);

        report.Close(_bounds);
        return _bounds.All(bound => bound.Holds);
    }

    private async Task<IReadOnlyList<Pairing>> CompareAsync(string title, Stage stage, WorkloadFolder workload, CancellationToken ct)
    {
        report.Section(title);
        report.PairingHeader();
        var pairings = new List<Pairing>();
        foreach (var theirs in field.Theirs)
        {
            foreach (var pairing in await Pairing.RunAsync(stage, field.Ours, theirs, workload, options.Pairs, ct))
            {
                report.Row(pairing);
                pairings.Add(pairing);
            }
        }
        return pairings;
    }

    private void JudgeLoopback(IReadOnlyList<Pairing> pairings)
    {
        foreach (var pairing in pairings.Where(pairing => pairing.Ours == field.Ours[0]))
        {
            var most = pairing.Theirs.Name == "psql" ? 1.15 : 1;
            var promise = $"{pairing.Ours.Name} on loopback takes at most {most:0.00} of {field.Describe(pairing.Theirs)}";
            var median = pairing.Ratio.Median;
            _bounds.Add(new Bound(promise, RunnerReport.Number(median), median <= most));
        }
    }

    private async Task MeasureChainAsync(Stage near, WorkloadFolder workload, CancellationToken ct)
    {
        var (with, without) = (new ChainContender(chains: true), new ChainContender(chains: false));
        foreach (var contender in new[] { with, without, with, without })
            await near.RunAsync(contender, await workload.ForAsync(contender, ct), ct);
        report.Section("the audit chain, on loopback");
        report.PairingHeader();
        var pairing = (await Pairing.RunAsync(near, [with], without, workload, options.Pairs, ct))[0];
        report.Row(pairing);
        _bounds.Add(new Bound("the audit chain costs at most 15 %", RunnerReport.Number(pairing.Ratio.Median), pairing.Ratio.Median <= 1.15));
    }

    private async Task CompareAtDistanceAsync(WorkloadFolder workload, CancellationToken ct)
    {
        await using var proxy = new DelayProxy(server.Host, server.Port, s_distance);
        var far = new Stage(server, proxy);
        var (without, with) = await MeasureDistanceAsync(proxy, ct);
        var title = $"through a proxy that adds {s_distance.TotalMilliseconds:0} ms of round trip (measured: {RunnerReport.Number(without.One)} ms "
            + $"without it, {RunnerReport.Number(with.One)} ms with it, {RunnerReport.Number(with.Pipelined)} ms for 20 statements in one message)";
        var pairings = await CompareAsync(title, far, workload, ct);

        var tools = pairings.Where(pairing => pairing.Ours == field.Ours[0] && pairing.Theirs.Name != "psql").ToList();
        if (tools.Count > 0)
        {
            var best = tools.MaxBy(pairing => pairing.Ratio.Median)!;
            _bounds.Add(new Bound($"{best.Ours.Name} at a distance is at least 3 times faster than the best tool, {field.Describe(best.Theirs)}",
                RunnerReport.Number(1 / best.Ratio.Median), 1 / best.Ratio.Median >= 3));
        }
        await CountRoundTripsAsync(far, workload, ct);
    }

    /// <summary>What each further script costs: half of the scripts are taken away, and the round trips that went with them counted.</summary>
    private async Task CountRoundTripsAsync(Stage far, WorkloadFolder workload, CancellationToken ct)
    {
        using var half = new WorkloadFolder(Math.Max(1, options.Scripts / 2));
        report.Section("counted by the proxy");
        foreach (var contender in field.Ours.Concat(field.Theirs))
        {
            var all = await far.RunAsync(contender, await workload.ForAsync(contender, ct), ct);
            var some = await far.RunAsync(contender, await half.ForAsync(contender, ct), ct);
            var each = (double)(all.RoundTrips - some.RoundTrips) / (options.Scripts - half.Workload.Scripts.Count);
            report.RoundTrips(contender, each);
            if (contender == field.Ours[0])
                _bounds.Add(new Bound($"{contender.Name} needs one round trip a script", RunnerReport.Number(each), each <= 1));
        }
    }

    private async Task MeasureNothingToDoAsync(CancellationToken ct)
    {
        using var applied = new WorkloadFolder(options.AppliedScripts);
        var remembering = field.Ours.Concat(field.Theirs).Where(contender => contender.Remembers).ToList();
        if (remembering.Count == 0)
            return;
        report.Section($"nothing to do: {options.AppliedScripts} scripts, all applied before");
        foreach (var contender in remembering)
        {
            var project = await applied.ForAsync(contender, ct);
            var times = await new Stage(server).RepeatAsync(contender, project, options.Pairs, ct);
            var milliseconds = Spread.Of(times.Select(time => time.TotalMilliseconds));
            report.NothingToDo(contender, milliseconds);
            if (contender == field.Ours[0])
                _bounds.Add(new Bound("a run with nothing to do takes less than 300 ms", $"{milliseconds.Median:0} ms", milliseconds.Median < 300));
        }
    }

    private async Task<(Distance Without, Distance With)> MeasureDistanceAsync(DelayProxy proxy, CancellationToken ct)
    {
        var database = await server.CreateDatabaseAsync(ct);
        var without = await Distance.MeasureAsync(database, ct);
        var with = await Distance.MeasureAsync(database with { Port = proxy.Port }, ct);
        return (without, with);
    }
}
