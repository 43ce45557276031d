namespace Migrations.Engine.Tables;

/// <summary>A record that the server will probably refuse.</summary>
/// <param name="Start">Where it begins in its chunk.</param>
/// <param name="Check">What it does not pass.</param>
internal readonly record struct Suspect(int Start, ValueCheck Check);
