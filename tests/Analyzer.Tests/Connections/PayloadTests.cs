using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>What sockets count of 100 bytes there and 50 back: bytes_acked with SYN and FIN, bytes_received with the FIN.</summary>
public sealed class PayloadTests
{
    [Theory]
    // Still established: neither FIN.
    [InlineData(ConnectionRole.Client, 1, 101, 50)]
    [InlineData(ConnectionRole.Server, 1, 100, 50)]
    // The peer has closed, this end has not.
    [InlineData(ConnectionRole.Client, 8, 101, 51)]
    [InlineData(ConnectionRole.Server, 8, 100, 51)]
    // shutdown(SHUT_WR): FIN_WAIT1 is not acknowledged yet, FIN_WAIT2 is.
    [InlineData(ConnectionRole.Client, 4, 101, 50)]
    [InlineData(ConnectionRole.Client, 5, 102, 50)]
    [InlineData(ConnectionRole.Server, 5, 101, 50)]
    // Both: LAST_ACK and CLOSING wait for the last acknowledgement, TIME_WAIT and CLOSE have it.
    [InlineData(ConnectionRole.Server, 9, 100, 51)]
    [InlineData(ConnectionRole.Client, 11, 101, 51)]
    [InlineData(ConnectionRole.Client, 6, 102, 51)]
    [InlineData(ConnectionRole.Client, 7, 102, 51)]
    [InlineData(ConnectionRole.Server, 7, 101, 51)]
    [InlineData(ConnectionRole.Unknown, 7, 102, 51)]
    [InlineData(ConnectionRole.Unknown, 1, 101, 50)]
    public void Neither_syn_nor_fin_is_payload(ConnectionRole role, byte state, ulong acked, ulong received)
    {
        var connection = new Connection { Role = role, State = state, BytesSent = 100, BytesAcked = acked, BytesReceived = received, Ending = ConnectionEnding.Closed };
        Assert.Equal((100ul, 50ul), (connection.PayloadSent, connection.PayloadReceived));
    }

    [Theory]
    // By the end, whatever the close said: LAST_ACK, CLOSING and FIN_WAIT2 have the FIN acknowledged, without an error.
    [InlineData(9, 0, TcpEventFlags.FinReceived, 102, 51)]
    [InlineData(11, 0, TcpEventFlags.FinReceived, 102, 51)]
    [InlineData(5, 0, TcpEventFlags.FinReceived, 102, 51)]
    [InlineData(5, 0, TcpEventFlags.None, 102, 50)]
    [InlineData(9, 110, TcpEventFlags.FinReceived, 101, 51)]
    [InlineData(1, 104, TcpEventFlags.None, 101, 50)]
    [InlineData(8, 0, TcpEventFlags.FinReceived, 101, 51)]
    public void Where_the_end_was_seen_it_tells_which_fin_counts(byte state, ushort error, TcpEventFlags flags, ulong acked, ulong received)
    {
        var connection = new Connection
        {
            Role = ConnectionRole.Client,
            State = 1,
            HasCloser = true,
            HasEnd = true,
            EndState = state,
            EndError = error,
            Flags = flags,
            BytesSent = 1000,
            BytesAcked = acked,
            BytesReceived = received,
        };
        Assert.Equal((100ul, 50ul), (connection.PayloadSent, connection.PayloadReceived));
    }

    [Fact]
    public void What_was_reset_has_no_fin()
    {
        var connection = new Connection { Role = ConnectionRole.Client, State = 7, BytesSent = 100, BytesAcked = 61, BytesReceived = 50, Ending = ConnectionEnding.Reset };
        Assert.Equal((60ul, 50ul), (connection.PayloadSent, connection.PayloadReceived));
        Assert.Equal((0ul, 0ul), (default(Connection).PayloadSent, default(Connection).PayloadReceived));
    }
}
