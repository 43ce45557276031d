using System.Diagnostics.CodeAnalysis;

namespace Migrations.Engine.Scripts;

/// <summary>
/// The identity of a versioned script: <c>007</c>, <c>1.2.10</c>, <c>20260131120000</c>. Compared number by number, of any size;
/// leading zeros do not count, and a missing piece is zero (<c>1</c> = <c>001</c> = <c>1.0</c>), as in Flyway.
/// </summary>
public sealed class ScriptVersion : IComparable<ScriptVersion>, IEquatable<ScriptVersion>
{
    private readonly string _written;
    private readonly string[] _pieces;

    private ScriptVersion(string written, string[] pieces)
    {
        _written = written;
        _pieces = pieces;
    }

    /// <summary>The same text for all spellings of one version; fit for a database key.</summary>
    public string Canonical => string.Join('.', _pieces);

    /// <summary>The first number; what the next script counts on from.</summary>
    internal string FirstPiece => _pieces[0];

    /// <exception cref="EngineException"><c>VersionInvalid</c>.</exception>
    public static ScriptVersion Parse(string text) =>
        TryParse(text, out var version)
            ? version
            : throw new EngineException("VersionInvalid", FailureKind.InvalidInput, $"'{text}' is not a version.",
                "A version is numbers with dots between them: 7, 007, 1.2.3, 20260131120000.", text);

    public static bool TryParse(string? text, [NotNullWhen(true)] out ScriptVersion? version)
    {
        version = null;
        if (string.IsNullOrEmpty(text)) return false;

        var pieces = text.Split('.');
        for (var i = 0; i < pieces.Length; i++)
        {
            if (pieces[i].Length == 0 || pieces[i].AsSpan().ContainsAnyExceptInRange('0', '9')) return false;
            pieces[i] = pieces[i].TrimStart('0') is { Length: > 0 } digits ? digits : "0";
        }

        var length = pieces.Length;
        while (length > 1 && pieces[length - 1] == "0") length--;
        version = new ScriptVersion(text, pieces[..length]);
        return true;
    }

    public int CompareTo(ScriptVersion? other)
    {
        if (other is null) return 1;
        var shared = Math.Min(_pieces.Length, other._pieces.Length);
        for (var i = 0; i < shared; i++)
        {
            var (left, right) = (_pieces[i], other._pieces[i]);
            var order = left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
            if (order != 0) return order;
        }

        return _pieces.Length.CompareTo(other._pieces.Length);
    }

    public bool Equals(ScriptVersion? other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as ScriptVersion);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var piece in _pieces) hash.Add(piece, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>As the file name writes it.</summary>
    public override string ToString() => _written;

    public static bool operator ==(ScriptVersion? left, ScriptVersion? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(ScriptVersion? left, ScriptVersion? right) => !(left == right);

    public static bool operator <(ScriptVersion? left, ScriptVersion? right) => left is null ? right is not null : left.CompareTo(right) < 0;

    public static bool operator >(ScriptVersion? left, ScriptVersion? right) => right < left;

    public static bool operator <=(ScriptVersion? left, ScriptVersion? right) => !(right < left);

    public static bool operator >=(ScriptVersion? left, ScriptVersion? right) => !(left < right);
}
