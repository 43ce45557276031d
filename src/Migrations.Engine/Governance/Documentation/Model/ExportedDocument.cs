namespace Migrations.Engine.Governance;

/// <summary>A document that was written.</summary>
/// <param name="Format">Markdown, Html.</param>
/// <param name="Tables">Without partitions.</param>
/// <param name="AsOf">When the last success on record ended, UTC.</param>
/// <param name="Sha256">Lower hex, of the file.</param>
public sealed record ExportedDocument(
    string Path, string Format, string Title, DocumentSource Source, int Scripts, int Tables, int Views, DateTime? AsOf, long Bytes, string Sha256);
