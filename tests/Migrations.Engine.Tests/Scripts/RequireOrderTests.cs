using CsCheck;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class RequireOrderTests
{
    [Fact]
    public void Without_requirements_the_number_decides() => Assert.Equal("1 2 3 10", Order((10, ""), (2, ""), (1, ""), (3, "")));

    [Theory]
    [InlineData("3", "2 3 1 4")]
    [InlineData("003", "2 3 1 4")]
    [InlineData("3_x", "2 3 1 4")]
    [InlineData("4,2", "2 3 4 1")]
    public void What_is_required_runs_before_and_the_rest_keeps_its_number(string requires, string expected) =>
        Assert.Equal(expected, Order((1, requires), (2, ""), (3, ""), (4, "")));

    [Theory]
    [InlineData("9")]
    [InlineData("3_y")]
    [InlineData("x")]
    public void An_unknown_requirement_is_named_with_its_place(string word)
    {
        using var project = Project((1, ""), (2, $"1, {word}"), (3, ""));
        var error = project.Fails();
        Assert.Equal(("RequiresUnknown", "versions/2_x.sql", 2), (error.ErrorId, error.File, error.Line));
        Assert.Equal("-- requires: 1, ".Length + 1, error.Column);
        Assert.Contains($"'{word}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1_x requires 1_x", "1:1")]
    [InlineData("1_x requires 3_x requires 2_x requires 1_x", "1:3", "3:2", "2:1", "4:1")]
    public void A_circle_is_told_as_a_chain(string chain, params string[] edges)
    {
        var requires = edges.Select(e => e.Split(':')).ToDictionary(e => int.Parse(e[0], null), e => e[1]);
        using var project = Project([.. Enumerable.Range(1, 4).Select(i => (i, requires.GetValueOrDefault(i, "")))]);
        var error = project.Fails();
        Assert.Equal(("RequiresCycle", "versions/1_x.sql", 2), (error.ErrorId, error.File, error.Line));
        Assert.Contains(chain, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_that_others_wait_for_is_found_from_outside()
    {
        using var project = Project((1, "2"), (2, "3"), (3, "2"));
        Assert.Contains("2_x requires 3_x requires 2_x.", project.Fails().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_order_satisfies_every_requirement_and_is_stable() => Gen.Int[0, 5].Array[6].Array[1, 8].Sample(rows =>
    {
        // Script i requires some scripts of higher number: never a circle, always against the numbers.
        var scripts = rows.Select((row, i) => (Number: i + 1, Requires: string.Join(' ', row.Where(r => i + 2 + r <= rows.Length).Select(r => i + 2 + r).Distinct()))).ToArray();
        var order = Order(scripts).Split(' ').Select(int.Parse).ToList();

        Assert.Equal(scripts.Length, order.Distinct().Count());
        foreach (var (number, requires) in scripts)
            foreach (var required in requires.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)) Assert.True(order.IndexOf(required) < order.IndexOf(number));

        // The smallest number that may come does come: stable, and the number breaks every tie.
        var done = new HashSet<int>();
        foreach (var number in order)
        {
            var ready = scripts.Where(s => !done.Contains(s.Number) && s.Requires.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(r => done.Contains(int.Parse(r, null))));
            Assert.Equal(ready.Min(s => s.Number), number);
            done.Add(number);
        }
    }, iter: 50);

    private static string Order(params (int Number, string Requires)[] scripts)
    {
        using var project = Project(scripts);
        return string.Join(' ', project.Load().Versioned.Select(s => s.Version));
    }

    private static TempProject Project(params (int Number, string Requires)[] scripts)
    {
        var project = new TempProject();
        foreach (var (number, requires) in scripts)
            project.With($"versions/{number}_x.sql", $"-- migration: X\n{(requires.Length > 0 ? $"-- requires: {requires}\n" : "")}\nselect {number};");
        return project;
    }
}
