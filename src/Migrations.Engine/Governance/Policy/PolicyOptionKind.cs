namespace Migrations.Engine.Governance;

/// <summary>What the value of a rule's option is.</summary>
internal enum PolicyOptionKind
{
    /// <summary>A regular expression that has to match the whole.</summary>
    Pattern,

    /// <summary>A list of texts.</summary>
    Texts,

    /// <summary>An object of names and regular expressions.</summary>
    Patterns,

    /// <summary>One of a few words.</summary>
    Choice,
}
