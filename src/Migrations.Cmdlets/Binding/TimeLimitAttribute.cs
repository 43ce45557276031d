using System.Globalization;
using System.Management.Automation;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Binding;

/// <summary>
/// Takes a time limit as headers and settings write it (5s, 2min), or a TimeSpan. PowerShell would read a bare 5 as 5 ticks and '5' as
/// 5 days, so a number without a unit is refused; and it reads a bare 5s as a short integer, so what was typed counts, not what it became.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeLimitAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is TimeSpan span) return InRange(span) ? span : throw Refused(span);
        return inputData?.ToString() switch
        {
            null => null,
            var text when Duration.TryParse(text, out var limit) => limit,
            var text when text.Contains(':', StringComparison.Ordinal)
                && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var clock) && InRange(clock) => clock,
            var text => throw Refused(text),
        };
    }

    private static bool InRange(TimeSpan span) => span >= TimeSpan.Zero && span.TotalMilliseconds <= int.MaxValue;

    private static ArgumentTransformationMetadataException Refused(object value) => new($"'{value}' is no time limit. {Duration.Advice}");
}
