using System.Management.Automation.Host;

namespace Migrations.Shell;

/// <summary>A choice as it is shown and typed: `&amp;Yes` shows "[Y] Yes".</summary>
internal sealed record ChoiceOption(string Key, string Label)
{
    public static ChoiceOption Of(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        var label = choice.Label.Replace("&", "", StringComparison.Ordinal);
        return new(mark >= 0 && mark < label.Length ? char.ToUpperInvariant(label[mark]).ToString() : label, label);
    }

    public bool Matches(string answer) =>
        answer.Equals(Key, StringComparison.OrdinalIgnoreCase) || answer.Equals(Label, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"[{Key}] {Label}";
}
