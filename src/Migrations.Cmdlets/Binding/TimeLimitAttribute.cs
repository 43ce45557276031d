using System.Globalization;
using System.Management.Automation;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Binding;

/// <summary>
/// Takes a time limit as headers and settings write it (5s, 2min), or a TimeSpan. PowerShell would read a bare 5 as 5 ticks and '5' as
/// 5 days, so a number without a unit is refused.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeLimitAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            null => null,
            TimeSpan span when span >= TimeSpan.Zero && span.TotalMilliseconds <= int.MaxValue => span,
            string text when Duration.TryParse(text, out var limit) => limit,
            string text when text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) => Transform(engineIntrinsics, span),
            _ => throw new ArgumentTransformationMetadataException($"'{value}' is no time limit. {Duration.Advice}"),
        };
    }
}
