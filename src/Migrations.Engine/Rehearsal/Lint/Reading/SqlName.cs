using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>The name of an object as somebody spelled it. Two are equal when the server would read the same parts from them.</summary>
internal sealed class SqlName : IEquatable<SqlName>
{
    private SqlName(string? schema, string name, string spelled)
    {
        Schema = schema;
        Name = name;
        Spelled = spelled;
    }

    /// <summary>Null when the name does not say.</summary>
    public string? Schema { get; }

    public string Name { get; }

    /// <summary>Fit to stand in a statement.</summary>
    public string Spelled { get; }

    /// <summary>The last part as it is spelled.</summary>
    public string SpelledLast => Spelled[LastPart(Spelled)..];

    /// <param name="spelled">With dots between its parts; the first of three is the database and says nothing.</param>
    public static SqlName Parse(string spelled)
    {
        var last = LastPart(spelled);
        if (last == 0) return new SqlName(null, Fold(spelled), spelled);
        var before = spelled[..(last - 1)];
        return new SqlName(Fold(before[LastPart(before)..]), Fold(spelled[last..]), spelled);
    }

    /// <summary>Another name in the same schema.</summary>
    public SqlName Sibling(string spelledName) => Parse(Spelled[..LastPart(Spelled)] + spelledName);

    /// <summary>The name with more parts behind it, quoted where it must be: <c>users_email_check</c>.</summary>
    public string Derive(params ReadOnlySpan<string> parts)
    {
        var name = Name;
        foreach (var part in parts) name += "_" + Fold(part);
        return name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && !char.IsAsciiDigit(name[0]) ? name : Identifier.Quote(name);
    }

    /// <summary>True when both may mean the same: a name without a schema fits any.</summary>
    public bool MayBe(SqlName other) => Name == other.Name && (Schema is null || other.Schema is null || Schema == other.Schema);

    public bool MayBe(string identity) => MayBe(Parse(identity));

    /// <summary>As the server stores it: it folds ASCII letters alone.</summary>
    public static string Fold(string part) =>
        part.StartsWith('"') ? part.Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal) : string.Concat(part.Select(c => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c));

    public bool Equals(SqlName? other) => other is not null && Name == other.Name && Schema == other.Schema;

    public override bool Equals(object? obj) => Equals(obj as SqlName);

    public override int GetHashCode() => HashCode.Combine(Schema, Name);

    public override string ToString() => Spelled;

    private static int LastPart(string spelled)
    {
        var (quoted, last) = (false, 0);
        for (var i = 0; i < spelled.Length; i++)
        {
            if (spelled[i] == '"') quoted = !quoted;
            else if (spelled[i] == '.' && !quoted) last = i + 1;
        }

        return last;
    }
}
