using System.Data.Common;

namespace Migrations.Engine.Connection;

/// <summary>The <c>Host=...;Database=...</c> text of Npgsql and ADO.NET, read by the framework's own parser.</summary>
internal static class SemicolonText
{
    public static IReadOnlyList<ConnectionSetting> Read(string text)
    {
        var parsed = new DbConnectionStringBuilder();
        try
        {
            parsed.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            // The framework's message quotes the text around the fault.
            throw ConnectionTextException.Malformed(
                "The connection text does not follow `Keyword=value;Keyword=value`.",
                "Put a value that holds ; or quotes in double quotes, and double those inside.");
        }

        return [.. parsed.Keys.Cast<string>().Select(key =>
            new ConnectionSetting(key, (string)parsed[key], Math.Max(0, text.IndexOf(key, StringComparison.OrdinalIgnoreCase))))];
    }
}
