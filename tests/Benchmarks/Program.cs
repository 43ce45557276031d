using System.Runtime.InteropServices;
using Benchmarks.Runner;
using Benchmarks.Tables;

// A benchmark takes long and leaves nothing behind, also when it is ended early.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    return args switch
    {
        ["runner", .. var rest] => await RunnerBenchmark.RunAsync(RunnerOptions.Parse(rest), Console.Out, stop.Token),
        ["tables", .. var rest] => await TablesBenchmark.RunAsync(TablesOptions.Parse(rest), Console.Out, stop.Token),
        _ => Usage($"{RunnerOptions.Usage}\n{TablesOptions.Usage}"),
    };
}
catch (Exception) when (stop.IsCancellationRequested)
{
    return 130;
}
catch (ArgumentException wrong)
{
    return Usage($"{wrong.Message}\n{(args[0] == "tables" ? TablesOptions.Usage : RunnerOptions.Usage)}");
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static int Usage(string text)
{
    Console.Error.WriteLine(text);
    return 2;
}
