using System.Collections;
using System.Management.Automation;

namespace Migrations.Module.Tests.Hosting;

/// <summary>One cmdlet's help as Get-Help returns it, and the cmdlet.</summary>
internal sealed record HelpPage(
    CmdletInfo Cmdlet,
    string Synopsis,
    string Description,
    IReadOnlyDictionary<string, HelpParameter> Parameters,
    IReadOnlyList<IReadOnlyList<string>> SyntaxSets,
    IReadOnlyList<HelpExample> Examples)
{
    private static readonly Dictionary<string, HelpPage> s_pages = ReadAll();

    public static IEnumerable<string> AllNames => s_pages.Keys;

    public static TheoryData<string> Names => [.. s_pages.Keys];

    /// <summary>The parameters that the cmdlet has by itself, -WhatIf and -Confirm included.</summary>
    public IEnumerable<ParameterMetadata> Own => Cmdlet.Parameters.Values.Where(parameter => IsOwn(parameter.Name));

    public static HelpPage Of(string name) => s_pages[name];

    public static bool IsOwn(string parameter) => !System.Management.Automation.Cmdlet.CommonParameters.Contains(parameter);

    private static Dictionary<string, HelpPage> ReadAll()
    {
        using var session = new ModuleSession();
        return session.Run("Get-Command -Module Migrations").ThrowIfFailed().Output
            .Select(command => (CmdletInfo)command.BaseObject)
            .ToDictionary(cmdlet => cmdlet.Name, cmdlet => Read(cmdlet, session.Run($"Get-Help {cmdlet.Name} -Full").ThrowIfFailed().Output[0]));
    }

    private static HelpPage Read(CmdletInfo cmdlet, PSObject help) => new(
        cmdlet,
        Text(help, "Synopsis"),
        Text(help, "description"),
        Many(help, "parameters", "parameter").ToDictionary(parameter => Text(parameter, "name"), HelpParameter.Of),
        [.. Many(help, "syntax", "syntaxItem").Select(set => (IReadOnlyList<string>)[.. Many(set, "parameter").Select(parameter => Text(parameter, "name"))])],
        [.. Many(help, "examples", "example").Select(example => new HelpExample(Text(example, "code"), Text(example, "remarks")))]);

    private static IEnumerable<PSObject> Many(PSObject from, params string[] path)
    {
        object? value = from;
        foreach (var name in path) value = (value as PSObject)?.Properties[name]?.Value;
        value = value is PSObject { BaseObject: IEnumerable list } and not { BaseObject: string } ? list : value;
        return value switch
        {
            null => [],
            string => [],
            PSObject one => [one],
            IEnumerable several => several.Cast<object>().Select(PSObject.AsPSObject),
            _ => [PSObject.AsPSObject(value)],
        };
    }

    /// <summary>Paragraphs become lines.</summary>
    internal static string Text(PSObject from, string property)
    {
        var value = from.Properties[property]?.Value;
        if (value is PSObject { BaseObject: var inner }) value = inner is PSCustomObject ? value : inner;
        return value switch
        {
            null => "",
            string text => text.Trim(),
            IEnumerable paragraphs => string.Join('\n', paragraphs.Cast<object>().Select(p => Text(PSObject.AsPSObject(p), "Text"))).Trim(),
            _ => value.ToString()!.Trim(),
        };
    }
}
