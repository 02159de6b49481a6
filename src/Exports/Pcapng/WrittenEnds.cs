namespace TraceCap.Exports.Pcapng;

/// <summary>Ends of connections whose packets were written: those of their other ends, if these are on the same host, are the same. An end waits for
/// its other one, which may never come; of very many that wait the first are forgotten.</summary>
internal sealed class WrittenEnds
{
    private const int Most = 1 << 16;

    private readonly HashSet<(TcpEndpoint Local, TcpEndpoint Peer)> waiting = [];
    private readonly Queue<(TcpEndpoint Local, TcpEndpoint Peer)> inOrder = new();

    /// <summary>Takes an end.</summary>
    /// <returns>Whether its packets are to be written: those of its other end were not.</returns>
    internal bool Add(TcpEndpoint local, TcpEndpoint peer)
    {
        if (waiting.Remove((peer, local)))
        {
            return false;
        }

        if (waiting.Add((local, peer)))
        {
            inOrder.Enqueue((local, peer));
        }

        if (inOrder.Count > Most)
        {
            waiting.Remove(inOrder.Dequeue());
        }

        return true;
    }
}
