using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>Reads <c>policy.json</c>. A section more is a key more in <see cref="Keys"/> and a line more in <see cref="Read"/>.</summary>
internal sealed class PolicyReader
{
    private readonly StrictJson _json = new("PolicyInvalid", Policy.FileName);

    /// <summary>The JSON schema beside the module names the same.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["$schema", "rules", "environments", "waivers", "report"];

    public static IReadOnlyList<string> EnvironmentKeys { get; } = ["rules", "report"];

    public static IReadOnlyList<string> WaiverKeys { get; } = ["rule", "script", "reason", "owner", "until"];

    public static IReadOnlyList<string> ReportKeys { get; } = ["required", "path"];

    public static IReadOnlyList<string> Severities { get; } = [.. Enum.GetNames<PolicySeverity>().Select(name => name.ToLowerInvariant())];

    /// <exception cref="ScriptException">PolicyInvalid, with the line.</exception>
    public static Policy Read(string path, byte[] bytes) => new PolicyReader().ReadWhole(path, bytes);

    private Policy ReadWhole(string path, byte[] bytes)
    {
        var root = _json.Read(bytes);
        _json.Members(root, "the policy", Keys);
        if (root.Find("$schema") is { } schema) _json.Text(schema, "$schema");
        return new Policy(path, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_json.Canonical))), Environment(root), Environments(root.Find("environments")), Waivers(root.Find("waivers")));
    }

    private ImmutableDictionary<string, EnvironmentPolicy> Environments(JsonValue? value)
    {
        var environments = ImmutableDictionary.CreateBuilder<string, EnvironmentPolicy>(StringComparer.Ordinal);
        foreach (var (name, said) in value is null ? [] : _json.Members(value, "environments"))
        {
            // Stamps are compared in any case: of two that differ in it nobody could say which holds.
            if (environments.Keys.Contains(name, StringComparer.OrdinalIgnoreCase)) throw _json.Wrong($"The environment '{name}' is there twice.", "Keep one of them.", said);
            _json.Members(said, "an environment", EnvironmentKeys);
            environments[name] = Environment(said);
        }

        return environments.ToImmutable();
    }

    private EnvironmentPolicy Environment(JsonValue value) => new(Rules(value.Find("rules")), Report(value.Find("report")));

    private ImmutableDictionary<string, RuleSettings> Rules(JsonValue? value)
    {
        var rules = ImmutableDictionary.CreateBuilder<string, RuleSettings>(StringComparer.Ordinal);
        foreach (var (id, said) in value is null ? [] : _json.Members(value, "rules", [.. PolicyRules.All.Select(rule => rule.Id)]))
        {
            var rule = PolicyRules.Find(id)!;
            var settings = RuleSettings.None;
            foreach (var (name, option) in _json.Members(said, $"the rule {id}", ["severity", .. rule.Options.Select(option => option.Name)]))
                settings = name == "severity" ? settings with { Severity = Enum.Parse<PolicySeverity>(_json.OneOf(option, "severity", Severities), ignoreCase: true) } : Option(settings, rule.Options.First(known => known.Name == name), option);
            rules[id] = settings;
        }

        return rules.ToImmutable();
    }

    private RuleSettings Option(RuleSettings settings, PolicyOption option, JsonValue value) => option.Kind switch
    {
        PolicyOptionKind.Pattern => settings with { Patterns = settings.Patterns.SetItem(option.Name, Pattern(value, option.Name)) },
        PolicyOptionKind.Patterns => settings with { PatternsByName = settings.PatternsByName.SetItem(option.Name, _json.Members(value, option.Name, option.Choices).ToImmutableDictionary(member => member.Name, member => Pattern(member.Value, member.Name), StringComparer.Ordinal)) },
        PolicyOptionKind.Texts => settings with { Lists = settings.Lists.SetItem(option.Name, [.. _json.Items(value, option.Name).Select(item => Item(item, option))]) },
        _ => settings with { Lists = settings.Lists.SetItem(option.Name, [Item(value, option)]) },
    };

    private string Item(JsonValue value, PolicyOption option) => option.Choices.Count > 0 ? _json.OneOf(value, option.Name, option.Choices) : _json.Text(value, option.Name);

    /// <summary>Without back-references and look-around, so that no name can keep a run waiting.</summary>
    private Regex Pattern(JsonValue value, string what)
    {
        try
        {
            return PolicyRule.PatternOf(_json.Text(value, what));
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw _json.Wrong($"'{value.Text}' is no pattern that can be used: {wrong.Message}", "Write a regular expression without look-around and back-references.", value);
        }
    }

    private PolicyReport Report(JsonValue? value)
    {
        if (value is null) return PolicyReport.None;
        _json.Members(value, "report", ReportKeys);
        return new PolicyReport(value.Find("required") is { } required ? _json.Truth(required, "required") : null, value.Find("path") is { } path ? _json.Text(path, "path") : null);
    }

    private List<PolicyWaiver> Waivers(JsonValue? value)
    {
        var waivers = new List<PolicyWaiver>();
        foreach (var said in value is null ? [] : _json.Items(value, "waivers"))
        {
            _json.Members(said, "a waiver", WaiverKeys);
            if (WaiverKeys.FirstOrDefault(key => said.Find(key) is null) is { } missing)
                throw _json.Wrong($"This waiver has no '{missing}'.", $"A waiver says {string.Join(", ", WaiverKeys)}: somebody answers for it, and it ends.", said);
            var rule = _json.OneOf(said.Find("rule")!, "rule", [.. PolicyRules.All.Where(rule => rule is not WaiverRule).Select(rule => rule.Id)]);
            waivers.Add(new PolicyWaiver(rule, Text("script"), Text("reason"), Text("owner"), Day(said.Find("until")!), said.Position));

            string Text(string key) => _json.Text(said.Find(key)!, key).Trim();
        }

        return waivers;
    }

    private DateOnly Day(JsonValue value) =>
        DateOnly.TryParseExact(_json.Text(value, "until"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw _json.Wrong($"'{value.Text}' is no day.", "Write it as 2027-01-31; it is the last day on which the waiver counts.", value);
}
