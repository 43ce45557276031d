using System.Globalization;
using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>
/// A diagram in the words of Mermaid, which reads few signs in a name: the others become underscores, and what would then be called alike gets a number.
/// Names of tables are quoted: one, many, end and more words of it are tables somewhere.
/// </summary>
internal static class MermaidDiagram
{
    public static string Of(EntityDiagram diagram)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = diagram.Entities.ToDictionary(entity => entity.Identity, entity => Unique(taken, entity.Schema == "public" ? entity.Name : entity.Identity), StringComparer.Ordinal);
        var text = new StringBuilder("erDiagram");
        foreach (var entity in diagram.Entities)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n    \"{names[entity.Identity]}\"");
            if (entity.Rows.Count == 0) continue;
            text.Append(" {");
            var columns = new HashSet<string>(StringComparer.Ordinal);
            foreach (var row in entity.Rows)
                text.Append(CultureInfo.InvariantCulture, $"\n        {Safe(row.Type)} {Unique(columns, row.Name)} {(row is { IsPrimaryKey: true, IsForeignKey: true } ? "PK,FK" : row.IsPrimaryKey ? "PK" : "FK")}");
            text.Append("\n    }");
        }

        foreach (var key in diagram.Relations)
        {
            var many = key.IsOneToOne ? "|o" : "}o";
            text.Append(CultureInfo.InvariantCulture, $"\n    \"{names[key.Table]}\" {many}--{(key.IsOptional ? "o|" : "||")} \"{names[key.Target]}\" : \"{string.Join(' ', key.Columns.Select(Safe))}\"");
        }

        return text.ToString();
    }

    private static string Unique(HashSet<string> taken, string name)
    {
        var safe = Safe(name);
        var unique = safe;
        for (var number = 2; !taken.Add(unique); number++) unique = string.Create(CultureInfo.InvariantCulture, $"{safe}_{number}");
        return unique;
    }

    /// <summary>A word that begins with a letter and is no mark of a key.</summary>
    private static string Safe(string name)
    {
        var word = new string([.. name.Trim('"').Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')]);
        return word.Length > 0 && char.IsAsciiLetter(word[0]) && word.ToUpperInvariant() is not ("PK" or "FK" or "UK") ? word : "n_" + word;
    }
}
