using System.Globalization;
using System.Text.Json;

namespace TraceCap.Vm.Tests;

/// <summary>A line of <c>tracecap lifetimes --json</c>.</summary>
internal sealed record Session(
    Ends Ends, string Role, string Ending, string State, bool IsPreexisting, long Opened, long Ended,
    uint Opener, string OpenerComm, uint Closer, string CloserComm, ulong BytesSent, ulong BytesAcked, ulong BytesReceived)
{
    /// <summary>A peer sends an acknowledgement that nobody is in a hurry for after so long (TCP_DELACK_MAX).</summary>
    private const long DelayedAck = 200_000_000;

    /// <summary>What is lost, such as the last FIN, is sent again after so long (TCP_RTO_MIN).</summary>
    private const long Retransmission = 200_000_000;

    internal bool IsClient => Role == "client";

    internal bool WasClosed => Ending is "closed" or "reset";

    private bool HadPeersFin => State == "close_wait";

    internal static Session Parse(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        return new Session(
            Ends.Parse(
                Text("network.local.address"), (int)Number("network.local.port"),
                Text("network.peer.address"), (int)Number("network.peer.port")),
            Text("role"), Text("ending"), Text("network.connection.state"), json.GetProperty("preexisting").GetBoolean(),
            Number("opened.monotonic_ns"), Number("ended.monotonic_ns"),
            (uint)Number("process.pid"), Text("thread.name"), (uint)Number("closed.process.pid"), Text("closed.thread.name"),
            (ulong)Number("sent_bytes"), (ulong)Number("acked_bytes"), (ulong)Number("received_bytes"));

        string Text(string name) => json.TryGetProperty(name, out var value) ? value.ToString() : "";

        long Number(string name) => Text(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The least and the most that tcplife can have measured. It counts from when TCP established the connection,
    /// not from the accept, to when TCP has finished with the socket, not to the close.</summary>
    /// <param name="other">The other end, if it is known.</param>
    internal (long Least, long Most) TcpLifetime(Session? other)
    {
        if (Ending == "failed")
        {
            return (Ended - Opened, Ended - Opened);
        }

        var start = !IsClient && other is { IsClient: true } ? other.Opened : Opened;
        var (first, last) = TcpEnd(other);
        return (Math.Max(0, first - start), Math.Max(0, last - start));
    }

    /// <summary>How much longer or shorter a lifetime is than <see cref="TcpLifetime"/>.</summary>
    internal long TimeBeside(long lifetime, Session? other)
    {
        var (least, most) = TcpLifetime(other);
        var beside = lifetime - Math.Clamp(lifetime, least, most);
        return WasClosed && beside >= Retransmission ? beside - Retransmission : beside;
    }

    private (long First, long Last) TcpEnd(Session? other)
    {
        if (!WasClosed)
        {
            // The kernel ended it otherwise: connect(AF_UNSPEC), or it carries MPTCP.
            return (Opened, Ended);
        }

        if (State == "closed")
        {
            // It was over before. A reset comes with the close of the peer.
            return (Ending == "reset" && other is { WasClosed: true } ? Math.Min(Ended, other.Ended) : Opened, Ended);
        }

        // The end that closes last is finished at once; the other one waits for that, or for its FIN to be acknowledged.
        var acknowledged = Ended + DelayedAck;
        return HadPeersFin
            ? (Ended, Ended)
            : (Ended, Math.Clamp(other is { WasClosed: true } ? other.Ended : acknowledged, Ended, acknowledged));
    }

    /// <summary>The least and the most bytes that TCP can have counted as acknowledged when it had finished: what was
    /// under way at the close may have arrived, and the FIN counts as one.</summary>
    internal (ulong Least, ulong Most) TcpAcked =>
        (BytesAcked, Math.Max(BytesAcked, BytesSent + (IsClient ? 1u : 0) + (WasClosed ? 1u : 0)));

    /// <summary>The same of those received.</summary>
    internal (ulong Least, ulong Most) TcpReceived(Session? other) =>
        (BytesReceived, Math.Max(BytesReceived, (other?.BytesSent ?? 0) + 1));

    /// <summary>Whom tcplife has to take for the owner: it notes who connects, and notes anew who sends the last FIN. Of a
    /// server that closes first it notes nobody, and shows whoever is running when TCP has finished.</summary>
    internal (uint Pid, string Comm)? NotedByTcplife => HadPeersFin ? (Closer, CloserComm)
        : IsClient ? (Opener, OpenerComm)
        : null;

    public override string ToString() =>
        $"{Opener} {OpenerComm}, {Role} {Ending} {State} by {Closer} {CloserComm}, "
        + $"{(Ended - Opened) / 1e6:F2} ms, tx {BytesAcked} of {BytesSent}, rx {BytesReceived}";
}
