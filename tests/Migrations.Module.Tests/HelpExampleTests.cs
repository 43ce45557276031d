namespace Migrations.Module.Tests;

/// <summary>
/// Every example of the help is run as it is printed, in <see cref="ExampleWorld"/>: server <c>db.example.com</c>, database <c>music</c>,
/// user <c>deploy</c>, service <c>music</c>. It must end without an error.
/// </summary>
public sealed class HelpExampleTests(SharedSandbox sandbox)
{
    public static TheoryData<string, int> Examples
    {
        get
        {
            var examples = new TheoryData<string, int>();
            foreach (var name in HelpPage.AllNames)
                for (var number = 1; number <= HelpPage.Of(name).Examples.Count; number++) examples.Add(name, number);
            return examples;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void It_runs(string name, int number)
    {
        var example = HelpPage.Of(name).Examples[number - 1];
        Assert.Contains(name, example.Code, StringComparison.OrdinalIgnoreCase);
        using var world = new ExampleWorld(sandbox);
        world.Run(example.Code).ThrowIfFailed();
    }
}
