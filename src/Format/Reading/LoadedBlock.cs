using System.Runtime.ExceptionServices;
using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>A block out of a stream, or why there is none, and what it holds once it is decoded. Is used again.</summary>
internal sealed class LoadedBlock
{
    private BlockHeader header;
    private byte[] own = [];
    private TcpEvent[] events = [];
    private ulong[] arrivals = [];
    private DecodedChunk? columns;
    private int room;
    private int count;
    private Damage? skipped;
    private ExceptionDispatchInfo? failure;

    internal ref readonly BlockHeader Header => ref header;

    internal ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>Where the block begins in the file; at the end the file's length.</summary>
    internal long Offset { get; private set; }

    internal int Length { get; private set; }

    /// <summary>Whether the stream had ended.</summary>
    internal bool IsEnd { get; private set; }

    /// <summary>Whether it takes much more memory once it is decoded, so that no two are at the same time: not decoded ahead.</summary>
    internal bool IsDecodedInTurn => header.Kind is not BlockKind.Chunk;

    /// <summary>Whether only its header was read.</summary>
    internal bool IsPassedOver { get; private set; }

    /// <inheritdoc cref="BlockReader.LeftOut" />
    internal BlockRun LeftOut { get; private set; }

    /// <summary>Why the payload could not be decoded.</summary>
    internal string? Malformed { get; set; }

    internal CaptureHeader? CaptureHeader { get; set; }

    internal CaptureContext? Context { get; set; }

    internal CaptureFooter? Footer { get; set; }

    /// <summary>The events, in the order of arrival unless they were <see cref="NewOrderedEvents">asked for</see> in that of time.</summary>
    internal ReadOnlySpan<TcpEvent> Events => events.AsSpan(room, count);

    /// <summary>Whether they are in the order of time.</summary>
    internal bool IsOrdered { get; private set; }

    /// <summary>The events if they are in the order of time.</summary>
    internal OrderedEvents OrderedEvents => new(events.AsSpan(0, room + count), room, arrivals.AsSpan(0, count));

    /// <summary>The columns of the chunk, if they were asked for instead of events.</summary>
    internal DecodedChunk? Columns => columns is { Count: > 0 } ? columns : null;

    /// <summary>The latest timestamp of the events, whatever the header says of it; null without events.</summary>
    internal ulong? Latest { get; set; }

    /// <summary>Reads the next block. Its payload is that of the reader, valid until it reads again.</summary>
    internal void Load(BlockReader blocks)
    {
        Forget();
        try
        {
            IsEnd = !blocks.Read();
        }
        finally
        {
            (Offset, Length, LeftOut) = (blocks.Offset, blocks.Length, blocks.LeftOut);
        }

        header = blocks.Header;
        IsPassedOver = !IsEnd && blocks.IsPassedOver;
        Payload = IsEnd ? default : blocks.Payload;
        skipped = blocks.Skipped;
    }

    /// <summary>Reads the next block, and keeps its payload and any error until it is its turn.</summary>
    /// <returns>Whether there may be another one.</returns>
    internal bool LoadAhead(BlockReader blocks)
    {
        failure = null;
        try
        {
            Load(blocks);
            Arrays.Grow(ref own, Payload.Length, BlockHeader.MaxPayload);
            Payload.CopyTo(own);
            Payload = own.AsMemory(0, Payload.Length);
            return !IsEnd;
        }
        catch (Exception error) when (error is CaptureFormatException or IOException or ObjectDisposedException)
        {
            failure = ExceptionDispatchInfo.Capture(error);
            return false;
        }
    }

    /// <summary>What lies between the block before and this one, and is none; once.</summary>
    internal bool TakeSkipped(out Damage damage)
    {
        damage = skipped.GetValueOrDefault();
        var any = skipped is not null;
        skipped = null;
        return any;
    }

    /// <summary>Throws what was thrown when it was read ahead.</summary>
    internal void ThrowIfFailed() => failure?.Throw();

    /// <summary>Whether the chunk has columns or tables that this version does not know.</summary>
    internal bool HasUnknown { get; set; }

    /// <summary>Room for so many events.</summary>
    internal Span<TcpEvent> NewEvents(int length)
    {
        Arrays.Grow(ref events, length, BlockHeader.MaxEvents);
        (IsOrdered, room, count) = (false, 0, length);
        return events.AsSpan(0, length);
    }

    /// <summary>Room for so many events in the order of time, and for their timestamps in that of arrival.</summary>
    internal Span<TcpEvent> NewOrderedEvents(int length, out Span<ulong> times)
    {
        Arrays.Grow(ref events, OrderedEvents.MostRoom + length, OrderedEvents.MostRoom + BlockHeader.MaxEvents);
        Arrays.Grow(ref arrivals, length, BlockHeader.MaxEvents);
        (IsOrdered, room, count) = (true, OrderedEvents.MostRoom, length);
        times = arrivals.AsSpan(0, length);
        return events.AsSpan(room, length);
    }

    /// <summary>Room for columns.</summary>
    internal DecodedChunk NewColumns() => columns ??= new DecodedChunk();

    /// <summary>What it held is no longer needed.</summary>
    internal void Forget()
    {
        columns?.Clear();
        (count, Malformed, CaptureHeader, Context, Footer, Latest, HasUnknown) = (0, null, null, null, null, null, false);
    }

    /// <summary>Takes the room back: the events are none.</summary>
    internal void NoEvents()
    {
        count = 0;
        columns?.Clear();
    }
}
