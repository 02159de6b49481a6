using System.Buffers;
using MessagePack;
using TraceCap.Format.Events;

namespace TraceCap.Bench.Codecs;

/// <summary>Every event as a MessagePack array, written and read by hand, packed by LZ4.</summary>
internal sealed class MessagePackCodec : ChunkCodec
{
    private const int Fields = 27;

    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Lz4Packer lz4 = new();
    private byte[] unpacked = [];

    public override string Name => "MessagePack + LZ4";

    public override ReadOnlySpan<byte> Encode(ReadOnlySpan<TcpEvent> events)
    {
        buffer.ResetWrittenCount();
        var writer = new MessagePackWriter(buffer);
        foreach (ref readonly var one in events)
        {
            Write(ref writer, one);
        }

        writer.Flush();
        return lz4.Pack(buffer.WrittenSpan);
    }

    public override void Decode(ReadOnlySpan<byte> encoded, Span<TcpEvent> events)
    {
        var raw = lz4.Unpack(encoded);
        if (unpacked.Length < raw.Length)
        {
            unpacked = new byte[raw.Length];
        }

        raw.CopyTo(unpacked);
        var reader = new MessagePackReader(unpacked.AsMemory(0, raw.Length));
        foreach (ref var one in events)
        {
            Read(ref reader, ref one);
        }
    }

    private static void Write(ref MessagePackWriter writer, in TcpEvent one)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(one.Timestamp);
        writer.Write(one.Connection);
        writer.Write(one.Cgroup);
        writer.Write(one.Sequence);
        var isShort = one.IpVersion == 4;
        WriteBytes(ref writer, isShort ? one.LocalAddress.Bytes[..4] : one.LocalAddress.Bytes);
        WriteBytes(ref writer, isShort ? one.PeerAddress.Bytes[..4] : one.PeerAddress.Bytes);
        WriteBytes(ref writer, one.Comm.Bytes);
        writer.Write(one.Pid);
        writer.Write(one.Tid);
        writer.Write(one.Uid);
        writer.Write(one.Netns);
        writer.Write(one.Mntns);
        writer.Write(one.LocalPort);
        writer.Write(one.PeerPort);
        writer.Write(one.Cpu);
        writer.Write(one.Error);
        writer.Write((byte)one.Type);
        writer.Write(one.IpVersion);
        writer.Write(one.State);
        writer.Write((byte)one.Flags);
        writer.Write(one.Duration);
        writer.Write(one.BytesSent);
        writer.Write(one.BytesAcked);
        writer.Write(one.BytesReceived);
        writer.Write(one.SegmentsSent);
        writer.Write(one.SegmentsReceived);
        writer.Write(((ulong)one.Retransmits << 32) | one.SmoothedRtt);
    }

    private static void WriteBytes(scoped ref MessagePackWriter writer, scoped ReadOnlySpan<byte> bytes)
    {
        writer.WriteBinHeader(bytes.Length);
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
    }

    private static void Read(ref MessagePackReader reader, ref TcpEvent one)
    {
        if (reader.ReadArrayHeader() != Fields)
        {
            throw new InvalidDataException("an event has another number of fields");
        }

        one.Timestamp = reader.ReadUInt64();
        one.Connection = reader.ReadUInt64();
        one.Cgroup = reader.ReadUInt64();
        one.Sequence = reader.ReadUInt64();
        one.LocalAddress = new(reader.ReadBytes()!.Value.FirstSpan);
        one.PeerAddress = new(reader.ReadBytes()!.Value.FirstSpan);
        one.Comm = new(reader.ReadBytes()!.Value.FirstSpan);
        one.Pid = reader.ReadUInt32();
        one.Tid = reader.ReadUInt32();
        one.Uid = reader.ReadUInt32();
        one.Netns = reader.ReadUInt32();
        one.Mntns = reader.ReadUInt32();
        one.LocalPort = reader.ReadUInt16();
        one.PeerPort = reader.ReadUInt16();
        one.Cpu = reader.ReadUInt16();
        one.Error = reader.ReadUInt16();
        one.Type = (TcpEventType)reader.ReadByte();
        one.IpVersion = reader.ReadByte();
        one.State = reader.ReadByte();
        one.Flags = (TcpEventFlags)reader.ReadByte();
        one.Duration = reader.ReadUInt64();
        one.BytesSent = reader.ReadUInt64();
        one.BytesAcked = reader.ReadUInt64();
        one.BytesReceived = reader.ReadUInt64();
        one.SegmentsSent = reader.ReadUInt32();
        one.SegmentsReceived = reader.ReadUInt32();
        var both = reader.ReadUInt64();
        one.Retransmits = (uint)(both >> 32);
        one.SmoothedRtt = (uint)both;
    }
}
