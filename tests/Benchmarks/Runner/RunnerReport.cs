using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks.Runner;

/// <summary>What the benchmark prints: where it ran, ratios as they come in, the bounds at the end.</summary>
internal sealed class RunnerReport(TextWriter output, Field field)
{
    public const int WarmUpsHere = 5;

    private static readonly CultureInfo s_plain = CultureInfo.InvariantCulture;

    public async Task OpenAsync(BenchmarkServer server, RunnerOptions options, Workload workload, CancellationToken ct)
    {
        var settings = await server.SettingsAsync(ct);
        var bytes = workload.Scripts.Average(script => script.Text.Length);
        Line($"server     PostgreSQL {server.Version}, {server.Transport}");
        Line($"           {string.Join(", ", settings.Select(setting => $"{setting.Name}={setting.Value}"))}");
        Line($"machine    {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, load {MachineLoad.OfLastMinute}");
        Line($"workload   {workload.Scripts.Count} scripts of 4 statements, {bytes:0} bytes each, the same text for all; a fresh database for each run");
        Line($"method     {options.Pairs} pairs, alternating, after runs that do not count ({WarmUpsHere} of each in this process, one of each other); a ratio is time of ours / time of theirs, below 1 is ours being faster");
        Line($"           'start-up off': a run with nothing to do, timed after each run, is taken off theirs and not off ours");
        foreach (var contender in field.Ours.Concat(field.Theirs))
            Line($"           {field.Describe(contender)}: {contender.Timed}");
        Line($"absent     {(field.Absent.Count == 0 ? "none" : string.Join(", ", field.Absent))}");
    }

    public void Section(string title)
    {
        Line("");
        Line($"{title} (load {MachineLoad.OfLastMinute})");
    }

    public void PairingHeader() =>
        Line($"  {"ours",-22}{"theirs",-18}{"ratio",8}{"min",8}{"max",8}{"start-up off",14}{"ours s",10}{"theirs s",10}");

    public void Row(Pairing pairing)
    {
        var ratio = pairing.Ratio;
        var without = pairing.RatioWithoutTheirStartUp is { } spread ? Number(spread.Median) : "-";
        Line($"  {pairing.Ours.Name,-22}{field.Describe(pairing.Theirs),-18}{Number(ratio.Median),8}{Number(ratio.Min),8}{Number(ratio.Max),8}"
            + $"{without,14}{Number(pairing.OurSeconds.Median),10}{Number(pairing.TheirSeconds.Median),10}");
    }

    public void RoundTrips(IContender contender, double each) =>
        Line($"  {field.Describe(contender),-22}{Number(each),8} round trips a script");

    public void NothingToDo(IContender contender, Spread milliseconds) =>
        Line($"  {field.Describe(contender),-22}{milliseconds.Median,8:0} ms  ({milliseconds.Min:0} to {milliseconds.Max:0}), {contender.Timed}");

    public void Close(IReadOnlyList<Bound> bounds)
    {
        Line("");
        Line("bounds");
        foreach (var bound in bounds)
            Line($"  {(bound.Holds ? "holds " : "MISSED")}  {bound.Promise}: {bound.Measured}");
    }

    public static string Number(double value) => value.ToString(value < 100 ? "0.00" : "0", s_plain);

    private void Line(FormattableString text) => output.WriteLine(text.ToString(s_plain));

    private void Line(string text) => output.WriteLine(text);
}
