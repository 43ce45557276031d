namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>A script of which a rule has something to say, and one that does the same and of which it has not.</summary>
/// <param name="Firing">Runs on <see cref="LockFacts.Schema"/>.</param>
public sealed record RuleCase(string Rule, string Firing)
{
    /// <summary>Runs before, in both.</summary>
    public string Setup { get; init; } = "";

    /// <summary>Null: what the rule itself recommends.</summary>
    public string? Safe { get; init; }

    /// <summary>The words alone tell it too.</summary>
    public bool InText { get; init; } = true;

    /// <summary>The server refuses the script, and that is the point.</summary>
    public bool Fails { get; init; }

    /// <summary>Told as well when a DO block hides the words. Where not, the words are the point, or the catalog shows the same for a harmless form.</summary>
    public bool InBlock { get; init; } = true;

    /// <summary>The last major that behaves so.</summary>
    public int Until { get; init; } = 99;

    public override string ToString() => $"{Rule}: {Firing}";
}
