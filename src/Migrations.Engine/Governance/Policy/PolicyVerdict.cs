using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Migrations.Engine.Migrate;

namespace Migrations.Engine.Governance;

/// <summary>What a policy says of what is about to run.</summary>
/// <param name="PolicyHash">Of the policy's file: another policy is another verdict.</param>
/// <param name="Environment">The stamp that decided which part of the policy holds; null: none.</param>
/// <param name="Target">Null without one.</param>
/// <param name="ReportHash">Of the file of the rehearsal's report; null: there is none.</param>
/// <param name="Findings">Waived ones among them.</param>
public sealed record PolicyVerdict(string PolicyHash, string? Environment, RunTarget? Target, string? ReportHash, IReadOnlyList<PolicyFinding> Findings)
{
    /// <summary>What stops a run.</summary>
    public IEnumerable<PolicyFinding> Blocking => Findings.Where(finding => finding.Blocks);

    /// <summary>Lower hex SHA-256 over what was found of one script: what somebody was shown who approves it.</summary>
    /// <param name="script">Its name; null: what is about no script.</param>
    public string HashOf(string? script)
    {
        var text = new StringBuilder();
        foreach (var line in Findings.Where(finding => finding.Script == script).Select(Line).Order(StringComparer.Ordinal)) text.Append(line).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Line(PolicyFinding finding) => string.Join('\0', finding.Rule, finding.Severity, finding.Outcome, finding.Reason, finding.File, finding.Line?.ToString(CultureInfo.InvariantCulture),
        finding.Message.ReplaceLineEndings("\u0001"), finding.WaivedBy, finding.WaivedBecause?.ReplaceLineEndings("\u0001"), finding.WaivedUntil?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
