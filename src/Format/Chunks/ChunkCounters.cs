using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>The counters of those events of a chunk that have any.</summary>
internal readonly ref struct ChunkCounters
{
    private readonly ReadOnlySpan<ulong> bytesSent;
    private readonly ReadOnlySpan<ulong> bytesAcked;
    private readonly ReadOnlySpan<ulong> bytesReceived;
    private readonly ReadOnlySpan<ulong> segmentsSent;
    private readonly ReadOnlySpan<ulong> segmentsReceived;
    private readonly ReadOnlySpan<ulong> retransmits;
    private readonly ReadOnlySpan<ulong> smoothedRtts;

    /// <exception cref="CaptureFormatException">The payload is malformed.</exception>
    internal ChunkCounters(ChunkParts parts, ReadOnlySpan<byte> raw)
    {
        Rows = parts.ReadLinks(raw).CountedEvents;
        bytesSent = parts.Columns.Read(raw, ColumnId.BytesSent);
        bytesAcked = parts.Columns.Read(raw, ColumnId.BytesAcked);
        bytesReceived = parts.Columns.Read(raw, ColumnId.BytesReceived);
        segmentsSent = parts.Columns.Read(raw, ColumnId.SegmentsSent);
        segmentsReceived = parts.Columns.Read(raw, ColumnId.SegmentsReceived);
        retransmits = parts.Columns.Read(raw, ColumnId.Retransmits);
        smoothedRtts = parts.Columns.Read(raw, ColumnId.SmoothedRtt);
    }

    /// <summary>The events that have counters, in order of arrival.</summary>
    internal ReadOnlySpan<int> Rows { get; }

    /// <summary>Gives an event its counters.</summary>
    /// <param name="row">Its place in <see cref="Rows"/>.</param>
    /// <param name="one">The event.</param>
    internal void Write(int row, ref TcpEvent one)
    {
        one.BytesSent = bytesSent[row];
        one.BytesAcked = bytesSent[row] + ZigZag.Decode(bytesAcked[row]);
        one.BytesReceived = bytesReceived[row];
        one.SegmentsSent = (uint)segmentsSent[row];
        one.SegmentsReceived = (uint)segmentsReceived[row];
        one.Retransmits = (uint)retransmits[row];
        one.SmoothedRtt = (uint)smoothedRtts[row];
    }
}
