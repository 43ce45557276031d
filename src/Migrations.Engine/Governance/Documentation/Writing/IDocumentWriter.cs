namespace Migrations.Engine.Governance;

/// <summary>Gives a document a form.</summary>
internal interface IDocumentWriter
{
    string Format { get; }

    /// <summary>The whole text, its lines ended by LF: the same document always makes the same.</summary>
    string Write(MigrationDocument document);
}
