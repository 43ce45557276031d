using System.Text.RegularExpressions;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>One rule of a policy, with what its reader may want to know of it.</summary>
internal abstract class PolicyRule
{
    /// <summary>Stable for ever: <c>grant-to-public</c>.</summary>
    public abstract string Id { get; }

    /// <summary>A few words, as a heading.</summary>
    public abstract string Title { get; }

    /// <summary>Why anybody wants it, and how it looks.</summary>
    public abstract string Rationale { get; }

    /// <summary>The control that it produces evidence for.</summary>
    public abstract string Control { get; }

    public abstract PolicySeverity DefaultSeverity { get; }

    public virtual IReadOnlyList<PolicyOption> Options => [];

    /// <summary>Asked of whatever is sent to the server: hooks and what takes a script back too.</summary>
    public virtual bool IsAboutStatements => false;

    /// <summary>Nothing when all is well.</summary>
    public abstract IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings);

    /// <summary>A pattern for the whole of a name, in time that grows with the name alone.</summary>
    public static Regex PatternOf(string pattern) => new($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    protected PolicyFinding Find(PolicyCase it, SourcePosition? at, string message, string advice) => Find(it, at?.File, at?.Line, message, advice);

    /// <param name="file">Null: the script's own.</param>
    protected PolicyFinding Find(PolicyCase it, string? file, int? line, string message, string advice) => new()
    {
        Rule = Id,
        Script = it.Name,
        File = file ?? it.Path,
        Line = line,
        Message = message,
        Advice = advice,
    };
}
