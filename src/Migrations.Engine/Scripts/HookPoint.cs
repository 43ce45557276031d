namespace Migrations.Engine.Scripts;

/// <summary>When a hook runs; the file <c>hooks/before-run.sql</c> is <see cref="BeforeRun"/>, and so on.</summary>
public enum HookPoint
{
    BeforeRun,
    AfterRun,
    BeforeEach,
    AfterEach,
    OnError,
}
