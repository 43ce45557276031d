namespace Migrations.Engine.Scripts;

/// <summary>
/// The rows that stand in the script itself, from the line under the command up to, not including, the line <c>\.</c>;
/// every row with its line end.
/// </summary>
/// <param name="Source">The text of the whole script.</param>
/// <param name="IsTerminated">False when the script ended before a line <c>\.</c> came.</param>
public sealed record CopyData(string Source, int Start, int Length, bool IsTerminated)
{
    public ReadOnlyMemory<char> Text => Source.AsMemory(Start, Length);

    /// <summary>Offset behind <c>\.</c>; the line end after it is not part of the data.</summary>
    internal int End { get; private init; }

    /// <summary>Reads the data whose first line begins at <paramref name="start"/>.</summary>
    internal static CopyData Read(string source, int start)
    {
        const string Marker = "\n\\.";
        if (IsEndMarker(source, start)) return Ended(source, start, start);
        for (var i = start; ;)
        {
            var found = source.AsSpan(i).IndexOf(Marker);
            if (found < 0) return new CopyData(source, start, source.Length - start, false) { End = source.Length };
            i += found + 1;
            if (IsEndMarker(source, i)) return Ended(source, start, i);
        }
    }

    private static CopyData Ended(string source, int start, int marker) =>
        new(source, start, marker - start, true) { End = marker + 2 };

    /// <summary>The marker stands alone on its line; the last line of a script may lack its line end.</summary>
    private static bool IsEndMarker(string source, int i)
    {
        var rest = source.AsSpan(i);
        if (!rest.StartsWith(@"\.")) return false;
        rest = rest[2..];
        return rest.IsEmpty || rest[0] == '\n' || rest.StartsWith("\r\n");
    }
}
