using System.Globalization;
using System.Text.Json;

namespace TraceCap.Vm.Tests;

/// <summary>A line of <c>tracecap lifetimes --json</c>.</summary>
/// <remarks>Its End is how TCP ended it; empty if that was not seen.</remarks>
internal sealed record Session(
    Ends Ends, string Role, string Ending, string End, string State, bool IsPreexisting, long Opened, long Ended,
    uint Opener, string OpenerComm, uint Closer, string CloserComm, ulong BytesAcked, ulong BytesReceived)
{
    internal bool WasClosed => Ending is "closed" or "reset";

    /// <summary>From established, or from the first SYN of what failed, to when TCP had finished, in ns.</summary>
    internal long Lifetime => Ended - Opened;

    /// <summary>Whom tcplife has to take for the owner: it notes who connects, and notes anew who sends the last FIN. Of a
    /// server that closes first it notes nobody, and shows whoever is running when TCP has finished.</summary>
    internal (uint Pid, string Comm)? NotedByTcplife => State == "close_wait" ? (Closer, CloserComm)
        : Role == "client" ? (Opener, OpenerComm)
        : null;

    internal static Session Parse(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        return new Session(
            Ends.Parse(
                Text("network.local.address"), (int)Number("network.local.port"),
                Text("network.peer.address"), (int)Number("network.peer.port")),
            Text("role"), Text("ending"), Text("tcp.end"), Text("network.connection.state"), json.GetProperty("preexisting").GetBoolean(),
            Number("opened.monotonic_ns"), Number("ended.monotonic_ns"),
            (uint)Number("process.pid"), Text("thread.name"), (uint)Number("closed.process.pid"), Text("closed.thread.name"),
            (ulong)Number("acked_bytes"), (ulong)Number("received_bytes"));

        string Text(string name) => json.TryGetProperty(name, out var value) ? value.ToString() : "";

        long Number(string name) => Text(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;
    }

    public override string ToString() =>
        $"{Opener} {OpenerComm}, {Role} {Ending} {End} {State} by {Closer} {CloserComm}, "
        + $"{Lifetime / 1e6:F2} ms, tx {BytesAcked}, rx {BytesReceived}";
}
