namespace Migrations.Module.Tests;

/// <summary>Another module's driver of another version neither meets ours nor is met by it.</summary>
public sealed class IsolationTests(SharedSandbox sandbox)
{
    private const string Drivers = """
        [System.Runtime.Loader.AssemblyLoadContext]::All | ForEach-Object {
            foreach ($assembly in $_.Assemblies) {
                if ($assembly.GetName().Name -eq 'Npgsql') { '{0} {1}' -f $_.Name, $assembly.GetName().Version.Major }
            }
        }
        """;

    [Fact]
    public async Task A_foreign_driver_loaded_first_does_not_matter()
    {
        var result = await ShellProcess.RunAsync("-NoModule", "-Command", $"""
            $foreign = [System.Reflection.Assembly]::LoadFrom('{TestTree.ForeignNpgsql}')
            $null = $foreign.GetType('Npgsql.NpgsqlConnection')
            Import-Module '{TestTree.Manifest}'
            (Connect-Db '{sandbox.TextOf("postgres")}').Database
            {Drivers}
            """);
        Assert.Equal("", result.Errors);
        Assert.Equal(["postgres", "Default 9", "Migrations 10"], result.Lines);
    }

    [Fact]
    public async Task A_foreign_driver_loaded_later_gets_its_own_version()
    {
        var result = await ShellProcess.RunAsync("-Command", $"""
            (Connect-Db '{sandbox.TextOf("postgres")}').Database
            $foreign = [System.Reflection.Assembly]::LoadFrom('{TestTree.ForeignNpgsql}')
            {Drivers}
            """);
        Assert.Equal("", result.Errors);
        Assert.Equal(["postgres", "Default 9", "Migrations 10"], result.Lines);
    }

    [Fact]
    public void The_driver_of_the_module_is_in_no_default_context()
    {
        using var session = new ModuleSession();
        session.Run($"Connect-Db '{sandbox.TextOf("postgres")}'").ThrowIfFailed();
        var loaded = System.Runtime.Loader.AssemblyLoadContext.Default.Assemblies.Select(assembly => assembly.GetName().Name).ToList();
        Assert.DoesNotContain("Npgsql", loaded);
        Assert.DoesNotContain("Migrations.Engine", loaded);
        Assert.Contains("Migrations.Cmdlets", loaded);
    }

    [Fact]
    public void What_the_framework_has_is_not_loaded_twice()
    {
        var ours = System.Runtime.Loader.AssemblyLoadContext.All.Single(context => context.Name == "Migrations").Assemblies;
        Assert.DoesNotContain(ours, assembly => assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal));
    }
}
