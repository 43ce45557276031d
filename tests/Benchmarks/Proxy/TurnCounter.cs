namespace Benchmarks.Proxy;

/// <summary>
/// Counts the round trips of one connection: the times that the client was answered after it had spoken. A message that goes
/// out in several packets is one, and so are messages that do not wait for each other; a goodbye is none.
/// </summary>
internal sealed class TurnCounter(Action newTurn)
{
    private int _waits;

    public void ClientSpoke() => Interlocked.Exchange(ref _waits, 1);

    public void ClientHeard()
    {
        if (Interlocked.Exchange(ref _waits, 0) == 1)
            newTurn();
    }
}
