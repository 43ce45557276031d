namespace Migrations.Engine.Connection;

/// <summary>Carries a reason that our own code found, such as a server of the wrong kind, to where failures are collected.</summary>
internal sealed class OpenFailureException(OpenFailure failure) : Exception(failure.Reason, failure.Cause)
{
    public OpenFailure Failure { get; } = failure;
}
