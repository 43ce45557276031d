using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>What Get-Help shows is complete and agrees with the cmdlets.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Names => HelpPage.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void It_says_what_the_cmdlet_does(string name)
    {
        var page = HelpPage.Of(name);
        Assert.NotEmpty(page.Synopsis);
        // Without a page the engine puts the syntax there.
        Assert.DoesNotContain(name, page.Synopsis, StringComparison.Ordinal);
        Assert.NotEmpty(page.Description);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_parameter_is_explained_and_none_that_is_not_there(string name)
    {
        var page = HelpPage.Of(name);
        Assert.Equal(page.Own.Select(parameter => parameter.Name).Order(), page.Parameters.Keys.Order());
        Assert.All(page.Parameters, parameter => Assert.NotEmpty(parameter.Value.Description));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_it_says_of_a_parameter_is_true(string name)
    {
        var page = HelpPage.Of(name);
        foreach (var parameter in page.Own)
        {
            var told = page.Parameters[parameter.Name];
            var attribute = parameter.Attributes.OfType<ParameterAttribute>().First();
            Assert.Equal((parameter.Name, attribute.Mandatory), (parameter.Name, told.Required));
            Assert.Equal((parameter.Name, attribute.Position < 0 ? "named" : $"{attribute.Position}"), (parameter.Name, told.Position));
            Assert.Equal((parameter.Name, TypeNameOf(parameter)), (parameter.Name, told.Type));
            Assert.Equal((parameter.Name, attribute.ValueFromPipeline || attribute.ValueFromPipelineByPropertyName), (parameter.Name, told.FromPipeline));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_syntax_shows_every_parameter_set(string name)
    {
        var page = HelpPage.Of(name);
        var real = page.Cmdlet.ParameterSets.Select(set => Joined(set.Parameters.Select(parameter => parameter.Name).Where(HelpPage.IsOwn)));
        Assert.Equal(real.Order(), page.SyntaxSets.Select(Joined).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void There_are_at_least_two_examples_each_with_a_remark(string name)
    {
        var examples = HelpPage.Of(name).Examples;
        Assert.True(examples.Count >= 2, $"{examples.Count} examples");
        Assert.All(examples, example => Assert.NotEmpty(example.Remark));
    }

    /// <summary>A parameter that may be left out is no other type for the person who gives it.</summary>
    private static string TypeNameOf(ParameterMetadata parameter) =>
        (Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType).Name;

    private static string Joined(IEnumerable<string> names) => string.Join(' ', names.Order());
}
