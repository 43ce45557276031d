using System.Management.Automation;

namespace Migrations.Module.Tests.Hosting;

/// <summary>What the help says of a parameter.</summary>
internal sealed record HelpParameter(string Description, bool Required, string Position, bool FromPipeline, string Type)
{
    public static HelpParameter Of(PSObject parameter) => new(
        HelpPage.Text(parameter, "description"),
        HelpPage.Text(parameter, "required") == "true",
        HelpPage.Text(parameter, "position"),
        HelpPage.Text(parameter, "pipelineInput").StartsWith("true", StringComparison.Ordinal),
        HelpPage.Text(parameter, "parameterValue"));
}
