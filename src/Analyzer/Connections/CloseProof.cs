using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// Tells a reset from an orderly end by the counters of a socket that was in state CLOSE when its program closed it. An orderly end
/// has the FIN acknowledged, which the kernel counts as a byte of <c>bytes_acked</c>, as it does the SYN of a client. Let <c>U</c> be
/// the payload sent without what was sent again. <c>bytes_sent</c> has that too, so
/// <code>
/// bytes_sent - retransmits * 65,535  &lt;=  U  &lt;=  bytes_sent      and U >= 1 if bytes_sent >= 1
/// </code>
/// as no segment is longer, and of the first transmission something is left. What is acknowledged is no more than U and the SYN, and
/// with the FIN exactly one more, for the FIN comes last. Hence
/// <code>
/// bytes_acked >  bytes_sent + SYN               the FIN was acknowledged
/// bytes_acked &lt;= least U + SYN                  it was not: reset by the peer, or timed out
/// </code>
/// Without retransmissions that is all. With some, what lies between is not proven, and neither is it where the role is not known and
/// with it whether the SYN counts. (net/ipv4: tcp_snd_una_update, __tcp_transmit_skb, __tcp_retransmit_skb.)
/// </summary>
internal static class CloseProof
{
    private const ulong LongestSegment = 65_535;

    /// <summary>How a connection ended, and whether that is but the likelier.</summary>
    internal static (ConnectionEnding Ending, bool IsAssumed) Of(in TcpEvent close, ConnectionRole role)
    {
        // What has no peer any more was disconnected by its program.
        if (close.State != Connection.StateClose || close.PeerPort == 0)
        {
            return (ConnectionEnding.Closed, false);
        }

        var (leastSyn, mostSyn) = (role == ConnectionRole.Client ? 1ul : 0, role == ConnectionRole.Server ? 0ul : 1);
        var again = Math.Min(close.BytesSent, close.Retransmits * LongestSegment);
        var leastPayload = Math.Max(close.BytesSent - again, Math.Min(close.BytesSent, 1));
        if (close.BytesAcked > close.BytesSent + mostSyn)
        {
            return (ConnectionEnding.Closed, false);
        }

        if (close.BytesAcked <= leastPayload + leastSyn)
        {
            return (ConnectionEnding.Reset, false);
        }

        // What has sent something again is the more likely to have lost its peer. Without that only the SYN is in doubt, and most
        // connections end well.
        return (close.Retransmits == 0 ? ConnectionEnding.Closed : ConnectionEnding.Reset, true);
    }
}
