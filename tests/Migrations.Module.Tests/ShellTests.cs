namespace Migrations.Module.Tests;

/// <summary>The small shell behaves as <c>pwsh -File</c> and <c>pwsh -Command</c> do.</summary>
public sealed class ShellTests
{
    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("exit 0", 0)]
    [InlineData("'fine'", 0)]
    [InlineData("throw 'boom'", 1)]
    [InlineData("if (", 1)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Command nothing-here; 'not reached'", 1)]
    [InlineData("Get-Command nothing-here -ErrorAction Stop", 1)]
    [InlineData("Get-Command nothing-here", 0)]
    [InlineData("try { throw 'boom' } catch { 'caught' }", 0)]
    [InlineData("try { throw 'boom' } finally { 'cleaned' }", 1)]
    public async Task The_exit_code_of_a_file_is_that_of_pwsh(string text, int code) => Assert.Equal(code, (await RunFileAsync(text)).ExitCode);

    [Theory]
    [InlineData("[int]::Parse('x')\n'goes on'")]
    [InlineData("nothing-here\n'goes on'")]
    [InlineData("Connect-Db 'host=127.0.0.1 port=1'\n'goes on'")]
    public async Task An_exception_that_ends_only_its_statement_lets_the_script_go_on_and_fails_the_run(string text)
    {
        var result = await RunFileAsync(text);
        Assert.Equal(["goes on"], result.Lines);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("try { [int]::Parse('x') } catch { }")]
    [InlineData("trap { continue } Connect-Db 'host=127.0.0.1 port=1'")]
    public async Task An_exception_that_was_dealt_with_does_not(string text) => Assert.Equal(0, (await RunFileAsync(text)).ExitCode);

    [Theory]
    [InlineData("sh -c 'exit 7'; 'after'", 0)]
    [InlineData("sh -c 'exit 7'; exit $LASTEXITCODE", 7)]
    public async Task A_native_program_decides_only_when_the_script_says_so(string text, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Uses sh.");
        Assert.Equal(code, (await RunFileAsync(text)).ExitCode);
    }

    [Theory]
    [InlineData("'hello'", 0)]
    [InlineData("exit 4", 4)]
    [InlineData("Get-Command nothing-here", 1)]
    [InlineData("throw 'boom'", 1)]
    public async Task The_exit_code_of_a_command_is_that_of_pwsh(string text, int code) =>
        Assert.Equal(code, (await ShellProcess.RunAsync("-NoProfile", "-Command", text)).ExitCode);

    [Fact]
    public async Task Arguments_bind_by_name_by_position_and_as_plain_values()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("arguments.ps1", """
            param([int]$Number, [switch]$Flag, [string]$Text, [Parameter(ValueFromRemainingArguments)]$Rest)
            "$Number|$Flag|$Text|$Rest"
            """);
        Assert.Equal(["-5|True|a 'b' $x|c -x=1"], (await ShellProcess.RunAsync(file, "-5", "-Flag", "-Text", "a 'b' $x", "c", "-x=1")).Lines);
        Assert.Equal(["2|False||"], (await ShellProcess.RunAsync(file, "-Number:2", "-Flag:$false")).Lines);
    }

    [Theory]
    [InlineData("nothing.ps1")]
    [InlineData("-Bogus")]
    [InlineData("-Command")]
    public async Task A_command_line_that_means_nothing_is_64(string argument)
    {
        var result = await ShellProcess.RunAsync(argument);
        Assert.Equal(64, result.ExitCode);
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public async Task Relative_paths_are_the_callers_and_the_module_is_there()
    {
        using var folder = new TemporaryFolder();
        folder.Write("here.ps1", "(Get-Module Migrations).Name; $PWD.Path; $PSScriptRoot");
        var result = await ShellProcess.RunInAsync(folder.Path, null, "here.ps1");
        Assert.Equal("", result.Errors);
        Assert.Equal(["Migrations", folder.Path, folder.Path], result.Lines);
    }

    [Fact]
    public async Task Errors_go_to_the_error_stream_with_their_line_and_their_way_out()
    {
        var result = await RunFileAsync("'first'\nConnect-Db 'host=127.0.0.1 port=1'\nthrow 'last'");
        Assert.Equal(["first"], result.Lines);
        Assert.Contains("script.ps1:2", result.Errors, StringComparison.Ordinal);
        Assert.Contains("Recommendation:", result.Errors, StringComparison.Ordinal);
        Assert.Contains("last", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirected_output_has_no_colours_and_no_progress()
    {
        var result = await ShellProcess.RunAsync("-Command", """
            Get-Module | Out-Host
            $progress = [System.Management.Automation.ProgressRecord]::new(1, 'Copying', 'row 1')
            $Host.UI.WriteProgress(1, $progress)
            $Host.UI.WriteWarningLine('careful')
            throw 'boom'
            """);
        Assert.DoesNotContain('\e', result.Output + result.Errors);
        Assert.Contains("WARNING: careful", result.Lines);
        Assert.DoesNotContain("Copying", result.Output + result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_only_a_full_PowerShell_has_gets_a_hint()
    {
        var result = await ShellProcess.RunAsync("-Command", "Write-Host 'x'");
        Assert.Contains("install PowerShell 7.6", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("install PowerShell 7.6", (await ShellProcess.RunAsync("-Command", "throw 'x'")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_without_anybody_to_answer_fails_and_names_the_way_out()
    {
        const string Ask = "[CmdletBinding(SupportsShouldProcess, ConfirmImpact='High')] param() if ($PSCmdlet.ShouldProcess('it')) { 'did it' }";
        var result = await RunFileAsync(Ask);
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("did it", result.Output, StringComparison.Ordinal);
        Assert.Contains("-Confirm:$false", result.Errors, StringComparison.Ordinal);

        using var folder = new TemporaryFolder();
        var file = folder.Write("ask.ps1", Ask);
        Assert.Contains("did it", (await ShellProcess.RunInAsync(null, "y\n", file)).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("did it", (await ShellProcess.RunInAsync(null, "n\n", file)).Output, StringComparison.Ordinal);
    }

    private static async Task<ShellResult> RunFileAsync(string text)
    {
        using var folder = new TemporaryFolder();
        return await ShellProcess.RunAsync(folder.Write("script.ps1", text));
    }
}
