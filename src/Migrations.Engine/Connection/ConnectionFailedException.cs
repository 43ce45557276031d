namespace Migrations.Engine.Connection;

/// <summary>No session came about: how far it came, with which server, and what to do.</summary>
public sealed class ConnectionFailedException : EngineException
{
    private readonly OpenFailure _last;

    internal ConnectionFailedException(ConnectionOptions options, IReadOnlyList<OpenFailure> failures)
        : base(ErrorIdOf(Decisive(failures).Stage), KindOf(Decisive(failures)), Describe(options, failures), Decisive(failures).Advice, options.ToString(), Decisive(failures).Cause)
    {
        _last = Decisive(failures);
        Hosts = [.. failures.Select(failure => failure.Address)];
    }

    public ConnectionStage Stage => _last.Stage;

    public string Host => _last.Address.Host;

    public int Port => _last.Address.Port;

    /// <summary>Every address that was tried, in order.</summary>
    public IReadOnlyList<ServerAddress> Hosts { get; }

    public override string? SqlState => _last.SqlState;

    /// <summary>Of several failures the one that came furthest says most.</summary>
    private static OpenFailure Decisive(IReadOnlyList<OpenFailure> failures) => failures.MaxBy(failure => failure.Stage)!;

    private static string Describe(ConnectionOptions options, IReadOnlyList<OpenFailure> failures)
    {
        if (failures.Count == 1) return $"Cannot connect to {failures[0].Address} ({Word(failures[0].Stage)}): {failures[0].Reason}";
        var lines = failures.Select(failure => $"  {failure.Address} ({Word(failure.Stage)}): {failure.Reason}");
        return $"Cannot connect to any of {options.Hosts.Count} hosts:\n{string.Join('\n', lines)}";
    }

    private static string Word(ConnectionStage stage) => stage switch
    {
        ConnectionStage.Name => "name",
        ConnectionStage.Tcp => "TCP",
        ConnectionStage.Tls => "TLS",
        ConnectionStage.Authentication => "authentication",
        _ => "database",
    };

    private static string ErrorIdOf(ConnectionStage stage) => stage switch
    {
        ConnectionStage.Name => "ConnectionNameFailed",
        ConnectionStage.Tcp => "ConnectionTcpFailed",
        ConnectionStage.Tls => "ConnectionTlsFailed",
        ConnectionStage.Authentication => "ConnectionAuthenticationFailed",
        _ => "ConnectionDatabaseFailed",
    };

    private static FailureKind KindOf(OpenFailure failure) => failure switch
    {
        { Stage: ConnectionStage.Authentication } => FailureKind.Authentication,
        { SqlState: { } state } => SqlStateFacts.KindOf(state),
        _ => FailureKind.Connection,
    };
}
