namespace Migrations.Engine.Tests.Governance;

/// <summary>A script that a rule lets pass and one that it stops.</summary>
/// <param name="Options">Of the rule, as JSON with a comma in front.</param>
public sealed record PolicyRuleCase(string Rule, string Passing, string Stopped, string Says, string Options = "")
{
    public string File { get; init; } = "1_one.sql";

    public string StoppedFile { get; init; } = "1_one.sql";

    public override string ToString() => $"{Rule}: {Says}";
}
