using System.Management.Automation;
using System.Reflection;

namespace Migrations.Module.Tests;

/// <summary>One vocabulary, kept by every cmdlet that is exported, also by the ones to come.</summary>
public sealed class VocabularyTests
{
    /// <summary>Verbs that change nothing which outlives the session.</summary>
    private static readonly string[] s_harmless = ["Get", "Test", "Compare", "Connect", "Disconnect"];

    /// <summary>Harmless in spite of their verb: a query runs in a read-only transaction.</summary>
    private static readonly string[] s_harmlessCmdlets = ["Invoke-DbQuery"];

    private static readonly string[] s_connecting = ["Connection", "Credential", "TokenScript"];

    private static readonly string[] s_neverConnecting =
        ["Disconnect-Db", "Get-DbConnection", "Start-DbSandbox", "Stop-DbSandbox", "Get-DbSandbox"];

    private static readonly IReadOnlyList<CmdletInfo> s_cmdlets = Exported();

    public static TheoryData<string> Names => [.. s_cmdlets.Select(cmdlet => cmdlet.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_verb_is_approved_and_the_noun_is_singular(string name)
    {
        var cmdlet = Cmdlet(name);
        var approved = typeof(VerbsCommon).Assembly.GetExportedTypes()
            .Where(type => type.Name.StartsWith("Verbs", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => (string)field.GetRawConstantValue()!);
        Assert.Contains(cmdlet.Verb, approved);
        Assert.DoesNotMatch("[^su]s$", cmdlet.Noun);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_changes_state_supports_WhatIf_and_Confirm(string name)
    {
        var cmdlet = Cmdlet(name);
        var harmless = s_harmless.Contains(cmdlet.Verb) || s_harmlessCmdlets.Contains(name);
        Assert.Equal(!harmless, cmdlet.Parameters.ContainsKey("WhatIf"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_output_is_declared(string name) => Assert.NotEmpty(Cmdlet(name).OutputType);

    [Theory]
    [MemberData(nameof(Names))]
    public void What_connects_takes_every_connection_parameter(string name)
    {
        var parameters = Cmdlet(name).Parameters;
        if (s_neverConnecting.Contains(name))
        {
            Assert.DoesNotContain(s_connecting, parameters.ContainsKey);
            return;
        }

        Assert.Equal(typeof(object), parameters["Connection"].ParameterType);
        Assert.Equal(typeof(PSCredential), parameters["Credential"].ParameterType);
        Assert.Contains(parameters["Credential"].Attributes, attribute => attribute is CredentialAttribute);
        Assert.Equal(typeof(ScriptBlock), parameters["TokenScript"].ParameterType);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_parameter_takes_a_password_in_plain_text_or_another_tools_word_for_the_connection(string name) =>
        Assert.DoesNotContain(Cmdlet(name).Parameters.Keys, parameter =>
            parameter.Contains("Password", StringComparison.OrdinalIgnoreCase)
            || parameter is "ConnectionString" or "Server" or "ServerInstance" or "Host" or "HostName");

    [Theory]
    [MemberData(nameof(Names))]
    public void The_class_is_named_after_the_cmdlet_and_sealed(string name)
    {
        var cmdlet = Cmdlet(name);
        Assert.Equal($"{cmdlet.Verb}{cmdlet.Noun}Command", cmdlet.ImplementingType.Name);
        Assert.True(cmdlet.ImplementingType.IsSealed);
    }

    [Fact]
    public void No_output_type_has_a_property_that_shows_a_secret()
    {
        var outputs = s_cmdlets.SelectMany(cmdlet => cmdlet.OutputType).Select(output => output.Type).OfType<Type>().Distinct();
        Assert.All(outputs, type => Assert.DoesNotContain(type.GetProperties(), property =>
            property.Name.Contains("Password", StringComparison.Ordinal) || property.Name.Contains("ConnectionString", StringComparison.Ordinal)));
    }

    private static CmdletInfo Cmdlet(string name) => s_cmdlets.Single(cmdlet => cmdlet.Name == name);

    private static List<CmdletInfo> Exported()
    {
        using var session = new ModuleSession();
        return [.. session.Run("Get-Command -Module Migrations").ThrowIfFailed().Output.Select(command => (CmdletInfo)command.BaseObject)];
    }
}
