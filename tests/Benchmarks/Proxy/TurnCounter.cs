namespace Benchmarks.Proxy;

/// <summary>
/// Counts the round trips of one connection: the times that the client spoke after it had heard the server. A message that
/// goes out in several packets, or while an earlier answer is still on its way, is the same turn.
/// </summary>
internal sealed class TurnCounter(Action newTurn)
{
    // The first word of a connection needs no answer before it, but an answer to it is waited for.
    private int _heard = 1;

    public void ClientSpoke()
    {
        if (Interlocked.Exchange(ref _heard, 0) == 1)
            newTurn();
    }

    public void ClientHeard() => Interlocked.Exchange(ref _heard, 1);
}
