using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Every failure has a stable id, a category, what it is about and the way out.</summary>
public sealed class ErrorRecordTests(SharedSandbox sandbox)
{
    [Theory]
    [InlineData("InvalidInput", ErrorCategory.InvalidArgument)]
    [InlineData("NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Conflict", ErrorCategory.ResourceExists)]
    [InlineData("Connection", ErrorCategory.ConnectionError)]
    [InlineData("Authentication", ErrorCategory.AuthenticationError)]
    [InlineData("Permission", ErrorCategory.PermissionDenied)]
    [InlineData("Busy", ErrorCategory.ResourceBusy)]
    [InlineData("Timeout", ErrorCategory.OperationTimeout)]
    [InlineData("Stopped", ErrorCategory.OperationStopped)]
    [InlineData("Data", ErrorCategory.InvalidData)]
    [InlineData("Syntax", ErrorCategory.SyntaxError)]
    [InlineData("Refused", ErrorCategory.InvalidOperation)]
    [InlineData("Server", ErrorCategory.InvalidResult)]
    [InlineData("Resource", ErrorCategory.ResourceUnavailable)]
    public void A_failure_of_the_engine_keeps_its_facts(string kind, ErrorCategory category)
    {
        using var session = new ModuleSession();
        var error = session.Run($"Invoke-ProbeFailure {kind}").OnlyError;
        Assert.Equal($"Probe{kind},Migrations.Probe.InvokeProbeFailureCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal(kind, error.TargetObject);
        Assert.Equal($"It failed: {kind}.", error.ToString());
        Assert.Equal("Try something else.", error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void The_table_above_knows_every_kind()
    {
        using var session = new ModuleSession();
        session.Run("Invoke-ProbeFailure Data -Report -ErrorAction SilentlyContinue").ThrowIfFailed();
        var kinds = System.Runtime.Loader.AssemblyLoadContext.All.SelectMany(context => context.Assemblies)
            .Single(assembly => assembly.GetName().Name == "Migrations.Engine").GetType("Migrations.Engine.FailureKind")!;
        var tested = typeof(ErrorRecordTests).GetMethod(nameof(A_failure_of_the_engine_keeps_its_facts))!
            .GetCustomAttributesData().Where(data => data.AttributeType == typeof(InlineDataAttribute))
            .Select(data => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!)[0].Value!);
        Assert.Equal(Enum.GetNames(kinds).Order(), tested.Order());
    }

    [Fact]
    public void A_failure_that_nobody_foresaw_is_told_as_one()
    {
        using var session = new ModuleSession();
        var error = session.Run("Invoke-ProbeFailure Nonsense").OnlyError;
        Assert.StartsWith("Unexpected,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(error.Exception);
        Assert.Equal("nobody foresaw this", error.ToString());
    }

    [Fact]
    public void It_ends_the_script_when_errors_should_stop_and_can_be_caught_with_its_type()
    {
        using var session = new ModuleSession();
        var stopped = session.Run("$ErrorActionPreference = 'Stop'; Invoke-ProbeFailure Data; 'not reached'");
        Assert.NotNull(stopped.Terminating);
        Assert.Empty(stopped.Output);
        var caught = session.Run("try { Invoke-ProbeFailure Data } catch { $_.Exception.GetType().Name; $_.Exception.ErrorId }").ThrowIfFailed();
        Assert.Equal(["EngineException", "ProbeData"], caught.Output.Select(o => o.ToString()));
    }

    [Fact]
    public void A_failure_of_one_input_lets_the_next_go_on()
    {
        using var session = new ModuleSession();
        Assert.Equal(["ProbeData", "ProbeBusy"], session.Run("'Data', 'Busy' | Invoke-ProbeFailure -Report").Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(["ProbeData"], session.Run("'Data', 'Busy' | Invoke-ProbeFailure").Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Theory]
    [InlineData("host=nobody.invalid", "ConnectionNameFailed", ErrorCategory.ConnectionError)]
    [InlineData("host=127.0.0.1 port=1", "ConnectionTcpFailed", ErrorCategory.ConnectionError)]
    [InlineData("host=127.0.0.1 port={port} user=deploy password=wrong", "ConnectionAuthenticationFailed", ErrorCategory.AuthenticationError)]
    [InlineData("host=127.0.0.1 port={port} user=deploy password={password} dbname=absent", "ConnectionDatabaseFailed", ErrorCategory.ObjectNotFound)]
    [InlineData("host=127.0.0.1 port={port} user=deploy password={password} sslmode=require", "ConnectionTlsFailed", ErrorCategory.ConnectionError)]
    public void A_failed_connection_names_its_stage(string text, string id, ErrorCategory category)
    {
        text = text.Replace("{port}", $"{sandbox.Port}", StringComparison.Ordinal).Replace("{password}", sandbox.Password, StringComparison.Ordinal);
        using var session = new ModuleSession();
        var error = session.Run($"Connect-Db '{text}'").OnlyError;
        Assert.Equal($"{id},Migrations.Cmdlets.Commands.ConnectDbCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.StartsWith("host=", error.TargetObject.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'hots=x'", "ConnectionTextInvalid|ConnectionKeywordUnknown|ConnectionKeywordRefused")]
    [InlineData("'no-such-service'", "ConnectionServiceUnknown")]
    [InlineData("42", "ConnectionNotUnderstood")]
    [InlineData("([System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-DbConnection))))", "ConnectionIsCopy")]
    [InlineData("(Get-DbConnection) -Credential $credential -TokenScript { 'x' }", "CredentialAndTokenScript")]
    public void A_connection_that_cannot_be_understood_says_so(string argument, string ids)
    {
        using var session = new ModuleSession();
        session["credential"] = new PSCredential("deploy", new System.Security.SecureString());
        session.Run($"Connect-Db '{sandbox.TextOf("postgres")}'").ThrowIfFailed();
        var error = session.Run($"Connect-Db {argument}").OnlyError;
        Assert.Matches($"^({ids}),", error.FullyQualifiedErrorId);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData("''")]
    [InlineData("$null")]
    public void An_empty_connection_is_refused_because_it_is_a_variable_that_was_forgotten(string argument)
    {
        using var session = new ModuleSession();
        Assert.StartsWith("ParameterArgumentValidationError,", session.Run($"Connect-Db -Connection {argument}").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
