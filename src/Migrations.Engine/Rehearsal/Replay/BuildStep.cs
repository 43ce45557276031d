using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>One script of a build, and who runs it.</summary>
/// <param name="Role">The role that ran it on the target, and owns what it made; null: whoever runs it now.</param>
internal sealed record BuildStep(Script Script, string? Role);
