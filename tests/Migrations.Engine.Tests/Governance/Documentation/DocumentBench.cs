using System.Xml;
using System.Xml.Linq;
using Migrations.Engine.Connection;
using Migrations.Engine.Governance;
using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.Migrate;

namespace Migrations.Engine.Tests.Governance;

/// <summary>A document of a workbench, and its two forms.</summary>
internal static class DocumentBench
{
    public static async Task<MigrationDocument> ReadAsync(Workbench bench, DocumentRequest? request = null)
    {
        await using var database = bench.Open();
        return await new DocumentReader(database, bench.Project.Load(bench.LoadOptions), bench.Mask, bench.Activity, TimeProvider.System).ReadAsync(request ?? new(), Workbench.Token);
    }

    public static Task<MigrationDocument> BuildAsync(TestProject project, int? major = null) =>
        new DocumentReader(null, project.Load(), new SecretMask(), new RecordingActivity(), TimeProvider.System)
            .ReadAsync(new() { Major = major, Run = new MigrationRequest { DataLoader = new Migrations.Engine.Tables.ScriptDataLoader(TimeProvider.System) } }, Workbench.Token);

    public static string Html(MigrationDocument document) => new HtmlDocument().Write(document);

    public static string Markdown(MigrationDocument document) => new MarkdownDocument().Write(document);

    /// <summary>Read by a parser that forgives nothing.</summary>
    public static XDocument Parse(string html)
    {
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    public static DocumentedTable Table(MigrationDocument document, string identity) => document.Schemas.SelectMany(schema => schema.Tables).Single(table => table.Identity == identity);
}
