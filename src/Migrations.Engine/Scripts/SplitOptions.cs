namespace Migrations.Engine.Scripts;

/// <summary>What the session is like in which a script will run.</summary>
/// <param name="StandardConformingStrings">The server's setting at the start, to which RESET goes back.</param>
/// <param name="Autocommit">
/// As psql's variable: false when we run the script in a transaction of ours, so that a SET LOCAL outside BEGIN has an effect.
/// </param>
public sealed record SplitOptions(bool StandardConformingStrings = true, bool Autocommit = true);
