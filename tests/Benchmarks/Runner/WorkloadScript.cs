namespace Benchmarks.Runner;

internal sealed record WorkloadScript(int Number, string Name, IReadOnlyList<string> Statements)
{
    public string Text { get; } = string.Concat(Statements.Select(statement => statement + ";\n"));
}
