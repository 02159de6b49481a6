using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using TraceCap.Format.Events;

namespace TraceCap.Bench.Codecs;

/// <summary>A JSON object per event and line, under OpenTelemetry's names, packed by gzip.</summary>
internal sealed class NdjsonCodec : ChunkCodec
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly MemoryStream packed = new();
    private readonly MemoryStream unpacked = new();

    public override string Name => "NDJSON + gzip";

    public override bool IsSlow => true;

    public override ReadOnlySpan<byte> Encode(ReadOnlySpan<TcpEvent> events)
    {
        buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(buffer);
        foreach (ref readonly var one in events)
        {
            Write(json, one);
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
        }

        packed.SetLength(0);
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(buffer.WrittenSpan);
        }

        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    public override void Decode(ReadOnlySpan<byte> encoded, Span<TcpEvent> events)
    {
        unpacked.SetLength(0);
        using (var gzip = new GZipStream(new MemoryStream(encoded.ToArray()), CompressionMode.Decompress))
        {
            gzip.CopyTo(unpacked);
        }

        var rest = unpacked.GetBuffer().AsSpan(0, (int)unpacked.Length);
        foreach (ref var one in events)
        {
            var end = rest.IndexOf((byte)'\n');
            Read(rest[..end], ref one);
            rest = rest[(end + 1)..];
        }
    }

    public override void Dispose()
    {
        packed.Dispose();
        unpacked.Dispose();
        base.Dispose();
    }

    private static void Write(Utf8JsonWriter json, in TcpEvent one)
    {
        json.WriteStartObject();
        json.WriteNumber("timestamp", one.Timestamp);
        json.WriteNumber("connection", one.Connection);
        json.WriteNumber("cgroup", one.Cgroup);
        json.WriteNumber("sequence", one.Sequence);
        json.WriteString("network.local.address", one.LocalAddress.ToIPAddress(one.IpVersion).ToString());
        json.WriteString("network.peer.address", one.PeerAddress.ToIPAddress(one.IpVersion).ToString());
        json.WriteString("thread.name", one.Comm.Bytes);
        json.WriteNumber("process.pid", one.Pid);
        json.WriteNumber("thread.id", one.Tid);
        json.WriteNumber("user.id", one.Uid);
        json.WriteNumber("netns", one.Netns);
        json.WriteNumber("mntns", one.Mntns);
        json.WriteNumber("network.local.port", one.LocalPort);
        json.WriteNumber("network.peer.port", one.PeerPort);
        json.WriteNumber("cpu", one.Cpu);
        json.WriteString("event", [(byte)one.Type]);
        json.WriteString("network.type", one.IpVersion == 4 ? "ipv4" : "ipv6");
        json.WriteNumber("state", one.State);
        WriteUnlessZero(json, "error", one.Error);
        WriteUnlessZero(json, "flags", (ulong)one.Flags);
        WriteUnlessZero(json, "duration", one.Duration);
        WriteUnlessZero(json, "bytes_sent", one.BytesSent);
        WriteUnlessZero(json, "bytes_acked", one.BytesAcked);
        WriteUnlessZero(json, "bytes_received", one.BytesReceived);
        WriteUnlessZero(json, "segments_sent", one.SegmentsSent);
        WriteUnlessZero(json, "segments_received", one.SegmentsReceived);
        WriteUnlessZero(json, "retransmits", one.Retransmits);
        WriteUnlessZero(json, "smoothed_rtt", one.SmoothedRtt);
        json.WriteEndObject();
    }

    private static void WriteUnlessZero(Utf8JsonWriter json, string name, ulong value)
    {
        if (value != 0)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void Read(ReadOnlySpan<byte> line, ref TcpEvent one)
    {
        one = default;
        var json = new Utf8JsonReader(line);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "timestamp": one.Timestamp = json.GetUInt64(); break;
                case "connection": one.Connection = json.GetUInt64(); break;
                case "cgroup": one.Cgroup = json.GetUInt64(); break;
                case "sequence": one.Sequence = json.GetUInt64(); break;
                case "network.local.address": one.LocalAddress = new(IPAddress.Parse(json.GetString()!)); break;
                case "network.peer.address": one.PeerAddress = new(IPAddress.Parse(json.GetString()!)); break;
                case "thread.name": one.Comm = new(Encoding.UTF8.GetBytes(json.GetString()!)); break;
                case "process.pid": one.Pid = json.GetUInt32(); break;
                case "thread.id": one.Tid = json.GetUInt32(); break;
                case "user.id": one.Uid = json.GetUInt32(); break;
                case "netns": one.Netns = json.GetUInt32(); break;
                case "mntns": one.Mntns = json.GetUInt32(); break;
                case "network.local.port": one.LocalPort = json.GetUInt16(); break;
                case "network.peer.port": one.PeerPort = json.GetUInt16(); break;
                case "cpu": one.Cpu = json.GetUInt16(); break;
                case "event": one.Type = (TcpEventType)json.ValueSpan[0]; break;
                case "network.type": one.IpVersion = (byte)(json.ValueSpan[3] - '0'); break;
                case "state": one.State = json.GetByte(); break;
                case "error": one.Error = json.GetUInt16(); break;
                case "flags": one.Flags = (TcpEventFlags)json.GetByte(); break;
                case "duration": one.Duration = json.GetUInt64(); break;
                case "bytes_sent": one.BytesSent = json.GetUInt64(); break;
                case "bytes_acked": one.BytesAcked = json.GetUInt64(); break;
                case "bytes_received": one.BytesReceived = json.GetUInt64(); break;
                case "segments_sent": one.SegmentsSent = json.GetUInt32(); break;
                case "segments_received": one.SegmentsReceived = json.GetUInt32(); break;
                case "retransmits": one.Retransmits = json.GetUInt32(); break;
                case "smoothed_rtt": one.SmoothedRtt = json.GetUInt32(); break;
                default: throw new InvalidDataException($"an event has the unknown property {name}");
            }
        }
    }
}
