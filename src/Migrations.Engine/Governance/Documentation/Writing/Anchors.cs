using System.Globalization;
using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>A place in the document for each thing that is linked to; made of its name, of harmless letters, and its own.</summary>
internal sealed class Anchors
{
    private readonly Dictionary<(string Kind, string Name), string> _known = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public Anchors(MigrationDocument document)
    {
        foreach (var schema in document.Schemas)
        {
            Add("schema", schema.Name);
            foreach (var table in schema.Tables) Add("table", table.Identity);
            foreach (var view in schema.Views) Add("view", view.Identity);
        }

        foreach (var script in document.Scripts) Add("script", script.Name);
    }

    /// <summary>Null for what the document does not tell of.</summary>
    public string? Of(string kind, string name) => _known.GetValueOrDefault((kind, name));

    private void Add(string kind, string name)
    {
        var slug = new StringBuilder(kind).Append('-');
        foreach (var letter in name) slug.Append(char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' ? char.ToLowerInvariant(letter) : '-');
        var id = slug.ToString();
        for (var number = 2; !_taken.Add(id); number++) id = string.Create(CultureInfo.InvariantCulture, $"{slug}-{number}");
        _known[(kind, name)] = id;
    }
}
