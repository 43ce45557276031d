namespace Migrations.Engine.Migrate;

/// <summary>What a line says of a view.</summary>
internal static class ViewPart
{
    /// <summary>The statement that makes it.</summary>
    public const string Definition = "definition";

    /// <summary>The statement that fills a materialised one.</summary>
    public const string Rows = "rows";

    /// <summary>The line is no statement but a reason why the view cannot be moved.</summary>
    public const string Refusal = "refusal";
}
