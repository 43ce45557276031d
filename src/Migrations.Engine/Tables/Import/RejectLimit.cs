using System.Globalization;

namespace Migrations.Engine.Tables;

/// <summary>How many bad rows an import takes: a number, or a share of all rows, which is known at the end only.</summary>
public sealed record RejectLimit(long? Rows, double? Percent)
{
    public static RejectLimit None { get; } = new(null, null);

    /// <param name="text">100, or 0.5%.</param>
    /// <exception cref="EngineException">MaxErrorsInvalid.</exception>
    public static RejectLimit Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        if (trimmed.EndsWith('%') && double.TryParse(trimmed[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100) return new RejectLimit(null, percent);
        return long.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            ? new RejectLimit(rows, null)
            : throw new EngineException("MaxErrorsInvalid", FailureKind.InvalidInput, $"'{text}' is neither a number of rows nor a share of them.", "Write 100, or 0.5%.", text);
    }

    /// <exception cref="EngineException">TooManyRejected.</exception>
    internal void Check(ImportTally tally)
    {
        if (Rows is { } most && tally.Rejected > most) throw TooMany(tally, $"{most} are allowed");
    }

    /// <exception cref="EngineException">TooManyRejected.</exception>
    internal void CheckAtEnd(ImportTally tally)
    {
        if (Percent is { } most && tally.Rejected > tally.Read * most / 100) throw TooMany(tally, $"{most.ToString(CultureInfo.InvariantCulture)}% of {tally.Read} are allowed");
    }

    private static EngineException TooMany(ImportTally tally, string allowed) => new("TooManyRejected", FailureKind.Data,
        $"{tally.Rejected} rows were refused, and {allowed}. {tally.Kept}", "The refused rows and their reasons stand in the files that end in .partial, as far as the import came. Correct the source, or allow more with -MaxErrors.");
}
