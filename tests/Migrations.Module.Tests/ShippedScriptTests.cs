using System.Management.Automation;
using System.Management.Automation.Language;

namespace Migrations.Module.Tests;

/// <summary>
/// Every script of the repository parses, and every command and parameter in it exists. Scripts outside tests/Pester use the core commands
/// only, so that they run in Migrations.Shell too; Pester's own need a full PowerShell, and there only our commands are checked.
/// </summary>
public sealed class ShippedScriptTests
{
    private static readonly string[] s_native = ["dotnet", "git", "npm", "sh", "psql", "pwsh"];

    private static readonly string[] s_notOurs = ["bin", "obj", "node_modules", ".git", "package", "TestResults"];

    public static TheoryData<string> Files =>
    [
        .. Directory.EnumerateFiles(TestTree.Root, "*.ps*1", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".ps1" or ".psm1" or ".psd1")
            .Select(file => Path.GetRelativePath(TestTree.Root, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(s_notOurs.Contains)),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void It_parses(string file)
    {
        Parse(file, out var errors);
        Assert.Empty(errors.Select(error => $"{error.Extent.StartLineNumber}: {error.Message}"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Its_commands_and_their_parameters_exist(string file)
    {
        using var session = new ModuleSession();
        var ast = Parse(file, out _);
        var functions = ast.FindAll(node => node is FunctionDefinitionAst, searchNestedScriptBlocks: true).Cast<FunctionDefinitionAst>().Select(f => f.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var needsFullPowerShell = file.StartsWith(Path.Combine("tests", "Pester"), StringComparison.Ordinal);
        var wrong = new List<string>();
        foreach (var command in ast.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            if (command.GetCommandName() is not { } name || functions.Contains(name) || s_native.Contains(name)) continue;
            if (name.StartsWith('.') || Path.IsPathRooted(name)) continue;
            var known = session.Run($"Get-Command '{name}' -ErrorAction Ignore").ThrowIfFailed().Output;
            if (known.Count == 0)
            {
                if (!needsFullPowerShell) wrong.Add($"line {command.Extent.StartLineNumber}: {name} is no core command");
                continue;
            }

            wrong.AddRange(UnknownParameters(command, (CommandInfo)known[0].BaseObject));
        }

        Assert.Empty(wrong);
    }

    private static IEnumerable<string> UnknownParameters(CommandAst command, CommandInfo known)
    {
        var real = (known is AliasInfo alias ? alias.ResolvedCommand : known)?.Parameters;
        if (real is null) yield break;
        foreach (var used in command.CommandElements.OfType<CommandParameterAst>())
        {
            var matches = real.Values.Any(parameter => parameter.Name.Equals(used.ParameterName, StringComparison.OrdinalIgnoreCase)
                || parameter.Aliases.Contains(used.ParameterName, StringComparer.OrdinalIgnoreCase));
            if (!matches) yield return $"line {used.Extent.StartLineNumber}: {known.Name} has no parameter -{used.ParameterName} (write names in full)";
        }
    }

    private static ScriptBlockAst Parse(string file, out ParseError[] errors) =>
        Parser.ParseFile(Path.Combine(TestTree.Root, file), out _, out errors);
}
