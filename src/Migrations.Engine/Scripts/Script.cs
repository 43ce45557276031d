namespace Migrations.Engine.Scripts;

/// <summary>A script of the project, whatever its spelling: one file with sections, a folder, a pair, or one of Flyway's.</summary>
public sealed class Script
{
    private readonly Lazy<string> _exactHash;
    private readonly Lazy<string> _tokenHash;
    private readonly Lazy<IReadOnlyList<string>> _dataFiles;

    internal Script(ScriptIdentity identity, ScriptHeader header, IReadOnlyDictionary<SectionKind, ScriptSection> sections, ScriptContent content)
    {
        Identity = identity;
        Header = header;
        Up = sections[SectionKind.Up];
        Down = sections.GetValueOrDefault(SectionKind.Down);
        Check = sections.GetValueOrDefault(SectionKind.Check);
        Verify = sections.GetValueOrDefault(SectionKind.Verify);
        _dataFiles = new Lazy<IReadOnlyList<string>>(() => [.. content.TableFiles(Sections.SelectMany(section => section.Composition.Data))]);
        _exactHash = new Lazy<string>(() => ScriptHashes.Exact(this, content));
        _tokenHash = new Lazy<string>(() => ScriptHashes.Tokens(this, content));
    }

    private ScriptIdentity Identity { get; }

    public ScriptKind Kind => Identity.Kind;

    /// <summary>Null for repeatables and hooks.</summary>
    public ScriptVersion? Version => Identity.Version;

    /// <summary>Null for everything but hooks.</summary>
    public HookPoint? HookPoint => Identity.HookPoint;

    /// <summary>The stem of the file or folder: <c>007_partitioning</c>. A repeatable's is its path below <c>repeatable/</c>.</summary>
    public string Name => Identity.Name;

    /// <summary>The header's title, or the words of the name.</summary>
    public string Title => Header.Title ?? Identity.Title;

    /// <summary>Of the file with the up section, to the project, with forward slashes.</summary>
    public string RelativePath => Identity.RelativePath;

    public string FullPath => Identity.FullPath;

    public ScriptHeader Header { get; }

    public ScriptSection Up { get; }

    public ScriptSection? Down { get; }

    public ScriptSection? Check { get; }

    public ScriptSection? Verify { get; }

    /// <summary>Those that are there, in the order check, up, verify, down.</summary>
    public IEnumerable<ScriptSection> Sections => new[] { Check, Up, Verify, Down }.OfType<ScriptSection>();

    /// <summary>
    /// CSV files in the <c>data/</c> of a script that is a folder: loaded behind its up section, each into the table that it is named after.
    /// Full paths, by name; without those that a <c>\copy</c> names.
    /// </summary>
    public IReadOnlyList<string> DataFiles => _dataFiles.Value;

    /// <summary>
    /// Lower hex SHA-256 of the text: for one file that of its content (<c>sha256sum</c> says the same when it has LF and no byte order mark),
    /// for several files that of the list which <c>sha256sum</c> prints for them. Any edit changes it.
    /// </summary>
    public string ExactHash => _exactHash.Value;

    /// <summary>Lower hex SHA-256 of the meaning: an edit of comments, white space or line ends leaves it alone. See <see cref="ScriptHashes.TokenAlgorithm"/>.</summary>
    public string TokenHash => _tokenHash.Value;

    /// <summary>The findings that the author accepts, over all sections.</summary>
    public IReadOnlyList<AllowDirective> Allows => [.. Sections.SelectMany(s => s.Allows).Distinct()];

    public override string ToString() => Name;
}
