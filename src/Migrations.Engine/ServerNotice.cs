namespace Migrations.Engine;

/// <summary>A message that the server sent beside its results.</summary>
/// <param name="Severity">NOTICE, WARNING, INFO, LOG or DEBUG, unlocalized.</param>
public sealed record ServerNotice(string Severity, string SqlState, string Message, string? Detail, string? Hint)
{
    /// <summary>Where in the server's source it was written: the one thing that is not translated.</summary>
    internal string? SourceFile { get; init; }

    public override string ToString() => $"{Severity}: {Message}";
}
