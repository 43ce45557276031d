namespace Migrations.Engine.Rehearsal;

/// <summary>Two independent folds of the hashes of some columns: for as many rows as a rehearsal has, equal means the same.</summary>
internal readonly record struct RowHash(ulong First, ulong Second)
{
    public static RowHash Of(long[] row, int[] columns)
    {
        ulong first = 14695981039346656037, second = 0x9E3779B97F4A7C15;
        foreach (var column in columns)
        {
            var value = unchecked((ulong)row[column]);
            first = unchecked((first ^ value) * 1099511628211);
            second = unchecked(((second << 13) | (second >> 51)) ^ (value * 0xC2B2AE3D27D4EB4F));
        }

        return new(first, second);
    }
}
