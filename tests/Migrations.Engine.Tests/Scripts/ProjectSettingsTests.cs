using System.Text;
using System.Text.Json;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class ProjectSettingsTests
{
    [Fact]
    public void Every_setting_is_read()
    {
        var settings = Read("""
            {
              // a comment
              "$schema": "../schemas/migrations.schema.json",
              "historySchema": "Odd \"Name\"",
              "naming": "timestamp", /* another */
              "environment": "staging",
              "contact": "dba@example.org",
              "lockTimeout": "500ms",
              "statementTimeout": "5min",
              "lockAttempts": 3,
              "runTimeout": "1h",
              "variables": { "owner": "app", "size": 10, "on": true, },
            }
            """);
        Assert.Equal("Odd \"Name\"", settings.HistorySchema);
        Assert.Equal(ScriptNaming.Timestamp, settings.Naming);
        Assert.Equal("staging", settings.Environment);
        Assert.Equal("dba@example.org", settings.Contact);
        Assert.Equal(TimeSpan.FromMilliseconds(500), settings.LockTimeout);
        Assert.Equal(TimeSpan.FromMinutes(5), settings.StatementTimeout);
        Assert.Equal(3, settings.LockAttempts);
        Assert.Equal(TimeSpan.FromHours(1), settings.RunTimeout);
        Assert.Equal([("on", "true"), ("owner", "app"), ("size", "10")], settings.Variables.Select(v => (v.Key, v.Value)).Order());
    }

    [Fact]
    public void Without_a_file_the_defaults_hold()
    {
        using var project = new TempProject().WithFolder("versions");
        var settings = project.Load().Settings;
        Assert.Equal("migrations", settings.HistorySchema);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.LockTimeout);
        Assert.Equal(TimeSpan.Zero, settings.StatementTimeout);
        Assert.Null(settings.Environment);
    }

    [Theory]
    [InlineData("{\n  \"histroySchema\": \"x\"\n}", 2, 3, "Did you mean 'historySchema'?")]
    [InlineData("{\n  \"naming\": \"numbers\"\n}", 2, 3, "no naming")]
    [InlineData("{\n  \"naming\": 1\n}", 2, 3, "text in double quotes")]
    [InlineData("{\n  \"lockTimeout\": \"5\"\n}", 2, 3, "no time limit")]
    [InlineData("{\n  \"lockAttempts\": 0\n}", 2, 3, "whole number")]
    [InlineData("{\n  \"historySchema\": \"pg_mine\"\n}", 2, 3, "name of a schema")]
    [InlineData("{\n  \"naming\": \"number\",\n  \"naming\": \"number\"\n}", 3, 3, "twice")]
    [InlineData("{\n  \"variables\": { \"a b\": 1 }\n}", 2, 18, "name of a variable")]
    [InlineData("{\n  \"variables\": { \"a\": [] }\n}", 2, 18, "a text, a number")]
    [InlineData("{\n  \"contact\": \"ä\", \"naming\": oops\n}", 2, 29, "not JSON")]
    [InlineData("[]", 1, 1, "one object")]
    [InlineData("", 1, 1, "not JSON")]
    [InlineData("{} {}", 1, 4, "not JSON")]
    public void What_is_wrong_is_told_with_file_and_line(string json, int line, int column, string message)
    {
        using var project = new TempProject().WithFolder("versions").With("migrations.json", json);
        var error = project.Fails();
        Assert.Equal(("SettingsInvalid", "migrations.json", line, column), (error.ErrorId, error.File, error.Line, error.Column));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_schema_names_the_same_settings()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestTree.Root, "module", "schemas", "migrations.schema.json")));
        var properties = schema.RootElement.GetProperty("properties");
        Assert.Equal(ProjectSettingsReader.Keys.Order(), properties.EnumerateObject().Select(p => p.Name).Order());
        Assert.False(schema.RootElement.GetProperty("additionalProperties").GetBoolean());
        Assert.All(properties.EnumerateObject(), p => Assert.NotEmpty(p.Value.GetProperty("description").GetString()!));
    }

    [Fact]
    public void The_defaults_and_examples_of_the_shipped_schema_are_true()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestTree.Root, "module", "schemas", "migrations.schema.json")));
        foreach (var property in schema.RootElement.GetProperty("properties").EnumerateObject())
        {
            if (property.Value.TryGetProperty("default", out var value))
                Assert.Equal(ProjectSettings.Default with { Variables = Empty }, Read($"{{ \"{property.Name}\": {value.GetRawText()} }}") with { Variables = Empty });
            foreach (var allowed in property.Value.TryGetProperty("enum", out var list) ? list.EnumerateArray() : default)
                Read($"{{ \"{property.Name}\": {allowed.GetRawText()} }}");
            foreach (var example in property.Value.TryGetProperty("examples", out var examples) ? examples.EnumerateArray() : default)
                Read($"{{ \"{property.Name}\": {example.GetRawText()} }}");
        }
    }

    private static Dictionary<string, string> Empty { get; } = [];

    private static ProjectSettings Read(string json) => ProjectSettingsReader.Read("migrations.json", Encoding.UTF8.GetBytes(json));
}
