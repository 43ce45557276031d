using System.Text;
using System.Text.Json;
using Migrations.Engine.Governance;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

public sealed class PolicyReaderTests
{
    private static string SchemaPath => Path.Combine(TestTree.Root, "module", "schemas", "policy.schema.json");

    [Fact]
    public void Everything_is_read_and_an_environment_lies_over_what_holds_everywhere()
    {
        var policy = Read("""
            {
              // for editors
              "$schema": "https://example.org/policy.schema.json",
              "rules": { "file-name": { "severity": "info", "pattern": "[0-9]+_x" }, "way-back": { "severity": "off" } },
              "environments": { "Production": { "rules": { "file-name": { "severity": "error" } }, "report": { "required": true } } },
              "waivers": [ { "rule": "way-back", "script": "7", "reason": "r", "owner": "o", "until": "2027-01-31" }, ],
              "report": { "path": "r.json" }
            }
            """);
        var rule = PolicyRules.Find("file-name")!;
        Assert.Equal(PolicySeverity.Info, policy.For(null).SeverityOf(rule));
        Assert.Equal(PolicySeverity.Info, policy.For("staging").SeverityOf(rule));
        Assert.Equal(PolicySeverity.Error, policy.For("production").SeverityOf(rule));
        Assert.Equal("[0-9]+_x", FileNameRule.Shown(policy.For("production").Of(rule).Patterns["pattern"]));
        Assert.Equal((true, "r.json"), (policy.For("production").Report.IsRequired, policy.For("production").Report.Path));
        Assert.Null(policy.For(null).Report.IsRequired);
        Assert.Equal(PolicySeverity.Error, policy.For(null).SeverityOf(PolicyRules.Find("grant-to-public")!));
        Assert.Equal(new DateOnly(2027, 1, 31), Assert.Single(policy.Waivers).Until);
    }

    [Theory]
    [InlineData("{\n  \"ruels\": {}\n}", 2, "Did you mean 'rules'?")]
    [InlineData("{ \"rules\": {\n  \"file-nam\": {} } }", 2, "Did you mean 'file-name'?")]
    [InlineData("{ \"rules\": {\n  \"file-name\": {\n \"patern\": \"x\" } } }", 3, "Did you mean 'pattern'?")]
    [InlineData("{ \"rules\": { \"file-name\": {\n \"severity\": \"fatal\" } } }", 2, "'fatal' is no severity")]
    [InlineData("{ \"rules\": { \"file-name\": {\n \"pattern\": \"(\" } } }", 2, "no pattern that can be used")]
    [InlineData("{ \"rules\": { \"file-name\": {\n \"pattern\": \"(a)\\\\1\" } } }", 2, "no pattern that can be used")]
    [InlineData("{ \"rules\": { \"file-name\": {},\n \"file-name\": {} } }", 2, "twice")]
    [InlineData("{ \"rules\": { \"role-attribute\": {\n \"attributes\": [\"root\"] } } }", 2, "'root' is no attributes")]
    [InlineData("{ \"environments\": { \"a\": {\n \"waivers\": [] } } }", 2, "is no key of an environment")]
    [InlineData("{ \"environments\": { \"a\": {},\n \"A\": {} } }", 2, "twice")]
    [InlineData("{ \"waivers\": [\n { \"rule\": \"way-back\", \"script\": \"1\", \"reason\": \"x\", \"owner\": \"y\" } ] }", 2, "has no 'until'")]
    [InlineData("{ \"waivers\": [\n { \"rule\": \"way-back\", \"script\": \"1\", \"reason\": \" \", \"owner\": \"y\", \"until\": \"2027-01-01\" } ] }", 2, "Reason is a text")]
    [InlineData("{ \"waivers\": [\n { \"rule\": \"waiver-expired\", \"script\": \"1\", \"reason\": \"x\", \"owner\": \"y\", \"until\": \"2027-01-01\" } ] }", 2, "is no rule")]
    [InlineData("{ \"waivers\": [\n { \"rule\": \"way-back\", \"script\": \"1\", \"reason\": \"x\", \"owner\": \"y\", \"until\": \"31.1.2027\" } ] }", 2, "is no day")]
    [InlineData("{ \"report\": {\n \"required\": \"yes\" } }", 2, "true or false")]
    [InlineData("[]", 1, "is an object")]
    [InlineData("{ \"rules\": {}\n oops }", 2, "not JSON")]
    [InlineData("", 1, "not JSON")]
    public void What_is_wrong_is_told_with_the_line(string json, int line, string message)
    {
        var error = Assert.Throws<ScriptException>(() => Read(json));
        Assert.Equal(("PolicyInvalid", "policy.json", line), (error.ErrorId, error.File, error.Line));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hash_is_that_of_the_text_and_any_edit_changes_it()
    {
        const string text = "{\n \"rules\": {}\n}\n";
        var hash = Read(text).Hash;
        Assert.Equal(hash, Read("\uFEFF" + text.Replace("\n", "\r\n", StringComparison.Ordinal)).Hash);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text))), hash);
        Assert.NotEqual(hash, Read("{\n \"rules\": { } }").Hash);
    }

    [Fact]
    public void The_shipped_schema_names_the_same_keys_rules_and_options()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath));
        var root = schema.RootElement;
        Assert.Equal(PolicyReader.Keys.Order(), Names(root));
        var definitions = root.GetProperty("$defs");
        Assert.Equal(PolicyReader.EnvironmentKeys.Order(), Names(definitions.GetProperty("environment")));
        Assert.Equal(PolicyReader.ReportKeys.Order(), Names(definitions.GetProperty("report")));
        Assert.Equal(PolicyReader.WaiverKeys.Order(), Names(definitions.GetProperty("waiver")));
        Assert.Equal(PolicyReader.WaiverKeys, definitions.GetProperty("waiver").GetProperty("required").EnumerateArray().Select(key => key.GetString()));
        Assert.Equal(PolicyReader.Severities, definitions.GetProperty("severity").GetProperty("enum").EnumerateArray().Select(key => key.GetString()));
        var rules = definitions.GetProperty("rules");
        Assert.Equal(PolicyRules.All.Select(rule => rule.Id).Order(), Names(rules));
        foreach (var rule in PolicyRules.All)
        {
            var told = rules.GetProperty("properties").GetProperty(rule.Id);
            Assert.Equal(rule.Options.Select(option => option.Name).Append("severity").Order(), Names(told));
            Assert.StartsWith(rule.Title, told.GetProperty("description").GetString(), StringComparison.Ordinal);
            Assert.Equal(rule.DefaultSeverity.ToString().ToLowerInvariant(), told.GetProperty("properties").GetProperty("severity").GetProperty("default").GetString());
        }

        static IEnumerable<string> Names(JsonElement described)
        {
            Assert.False(described.GetProperty("additionalProperties").GetBoolean());
            return described.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order();
        }
    }

    [Fact]
    public void The_defaults_and_examples_of_the_shipped_schema_are_true()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath));
        Read(schema.RootElement.GetProperty("examples")[0].GetRawText());
        foreach (var rule in PolicyRules.All)
        {
            foreach (var option in rule.Options)
            {
                var told = schema.RootElement.GetProperty("$defs").GetProperty("rules").GetProperty("properties").GetProperty(rule.Id).GetProperty("properties").GetProperty(option.Name);
                Assert.Equal(option.Description, told.GetProperty("description").GetString());
                using var its = JsonDocument.Parse(option.Default);
                Assert.True(JsonElement.DeepEquals(its.RootElement, told.GetProperty("default")), $"{rule.Id}.{option.Name}");
                Read($$"""{ "rules": { "{{rule.Id}}": { "{{option.Name}}": {{option.Default}} } } }""");
            }
        }
    }

    [Fact]
    public void The_policy_that_the_help_shows_can_be_used()
    {
        var text = File.ReadAllText(Path.Combine(TestTree.Root, "module", "en-US", "about_Migrations_Policy.help.txt")).ReplaceLineEndings("\n");
        var shown = text[text.IndexOf("\nPOLICY\n", StringComparison.Ordinal)..text.IndexOf("\nENVIRONMENTS\n", StringComparison.Ordinal)];
        Assert.Equal(["production"], Read(shown[shown.IndexOf('{', StringComparison.Ordinal)..]).EnvironmentNames);
    }

    private static Policy Read(string json) => PolicyReader.Read("policy.json", Encoding.UTF8.GetBytes(json));
}
