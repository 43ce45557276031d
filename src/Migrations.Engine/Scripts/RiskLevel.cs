namespace Migrations.Engine.Scripts;

/// <summary>How risky the author thinks a script is.</summary>
public enum RiskLevel
{
    Low,
    Medium,
    High,
    Critical,
}
