namespace Migrations.Engine.Migrate;

/// <summary>What history says of an attempt whose answer was lost.</summary>
/// <param name="Began">Its first row was committed.</param>
/// <param name="Succeeded">Its last one was, and the script with it.</param>
internal sealed record Settlement(bool Began, bool Succeeded);
