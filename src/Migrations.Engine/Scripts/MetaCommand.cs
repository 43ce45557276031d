namespace Migrations.Engine.Scripts;

/// <summary>
/// A backslash command of psql, as it stands in the script. Whether it is one that we know and allow is decided elsewhere; psql
/// throws the rest of the line away after one that it does not know.
/// </summary>
/// <param name="Name">The name without the backslash; empty for a backslash that stands alone.</param>
/// <param name="Arguments">The raw text of the arguments, trimmed; quotes, variables and backticks are untouched.</param>
/// <param name="Data">The rows under a <c>\copy … from stdin</c>.</param>
public sealed record MetaCommand(int Start, int Length, int Line, int Column, string Name, string Arguments, CopyData? Data = null)
    : ScriptElement(Start, Length, Line, Column)
{
    /// <summary>True for the commands that, like a semicolon, make psql send what has been collected.</summary>
    public bool SendsStatement => Name is "g" or "gx" or "gset" or "gexec" or "gdesc" or "crosstabview" or "watch";

    /// <summary>True for the command that makes psql forget what has been collected.</summary>
    public bool DiscardsStatement => Name is "r" or "reset";
}
