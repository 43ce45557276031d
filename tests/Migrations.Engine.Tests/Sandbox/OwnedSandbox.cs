using Migrations.Engine.Sandbox;

namespace Migrations.Engine.Tests.Sandbox;

/// <summary>What a <see cref="SandboxOwner"/> tells the test that started it.</summary>
internal sealed record OwnedSandbox(SandboxInfo Info, string ConnectionString);
