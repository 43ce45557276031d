using Migrations.Engine.Scripts;

namespace Migrations.Engine.History;

/// <summary>A script that an entry of another tool's history stands for.</summary>
/// <param name="Content">Same or Differs; null when there is nothing to tell by.</param>
internal sealed record ForeignMatch(Script Script, string? Content)
{
    public const string Same = "Same";
    public const string Differs = "Differs";
}
