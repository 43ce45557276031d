namespace Migrations.Engine;

/// <summary>A message that the server sent beside its results.</summary>
/// <param name="Severity">NOTICE, WARNING, INFO, LOG or DEBUG, unlocalized.</param>
public sealed record ServerNotice(string Severity, string SqlState, string Message, string? Detail, string? Hint)
{
    public override string ToString() => $"{Severity}: {Message}";
}
