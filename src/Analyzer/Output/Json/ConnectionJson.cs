using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>
/// Connections as JSON, one object a line. Names are those of events (<see cref="EventJson"/>), with <c>opened.</c>,
/// <c>closed.</c> and <c>peer.</c> before those of the tasks; numbers of 64 bits are strings. What is not known is absent.
/// </summary>
public sealed class ConnectionJson : IConnectionFormat
{
    private static readonly JsonWriterOptions options = new() { SkipValidation = true };

    private Utf8JsonWriter? writer;

    /// <summary>Writes nothing: the names are in each line.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in Connection connection, RecordedSpan recording)
    {
        writer ??= new Utf8JsonWriter(output, options);
        writer.Reset(output);
        writer.WriteStartObject();
        Write(writer, in connection, recording);
        writer.WriteEndObject();
        writer.Flush();
        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, in Connection connection, RecordedSpan recording)
    {
        if (recording.Host.Length > 0)
        {
            json.WriteString("host.name"u8, recording.Host);
        }

        json.WriteString("role"u8, connection.Role switch
        {
            ConnectionRole.Client => "client"u8,
            ConnectionRole.Server => "server"u8,
            _ => "unknown"u8,
        });
        json.WriteString("ending"u8, EndingText.Word(connection.Ending));
        json.WriteBoolean("older"u8, connection.IsPreexisting);
        json.WriteBoolean("uncertain"u8, connection.IsUncertain);
        Number(json, "lifetime_ns"u8, connection.Lifetime);
        Time(json, "opened.time"u8, "opened.monotonic_ns"u8, connection.Opened, recording);
        Time(json, "ended.time"u8, "ended.monotonic_ns"u8, connection.Ended, recording);
        json.WriteString("network.type"u8, connection.IpVersion == 4 ? "ipv4"u8 : "ipv6"u8);
        Address(json, "network.local.address"u8, in connection.LocalAddress, connection.IpVersion);
        json.WriteNumber("network.local.port"u8, connection.LocalPort);
        Address(json, "network.peer.address"u8, in connection.PeerAddress, connection.IpVersion);
        json.WriteNumber("network.peer.port"u8, connection.PeerPort);
        Number(json, "connection.id"u8, connection.Id);
        json.WriteNumber("linux.netns"u8, connection.Netns);
        NamesJson.Write(json, connection.NamesIn(recording).NetnsOf(new TcpEvent { Connection = connection.Id, Netns = connection.Netns }));
        WriteTasks(json, in connection);
        NamesJson.Write(json, connection.CgroupIn(recording));
        if (connection.Role == ConnectionRole.Client)
        {
            Number(json, "connect_ns"u8, connection.ConnectTime);
        }

        if (connection.Ending == ConnectionEnding.Failed)
        {
            json.WriteNumber("error.number"u8, connection.Error);
            json.WriteString("error.type"u8, Errno.NameOf(connection.Error));
        }

        if (connection.HasCloser)
        {
            WriteCounters(json, in connection);
        }
    }

    private static void WriteTasks(Utf8JsonWriter json, in Connection connection)
    {
        var owner = connection.Owner;
        json.WriteNumber("process.pid"u8, owner.Pid);
        json.WriteNumber("thread.id"u8, owner.Tid);
        json.WriteString("thread.name"u8, owner.Comm.ToString());
        json.WriteNumber("user.id"u8, owner.Uid);
        json.WriteNumber("linux.mntns"u8, owner.Mntns);
        Number(json, "linux.cgroup.id"u8, owner.Cgroup);
        if (connection.HasCloser)
        {
            json.WriteNumber("closed.process.pid"u8, connection.Closer.Pid);
            json.WriteNumber("closed.thread.id"u8, connection.Closer.Tid);
            json.WriteString("closed.thread.name"u8, connection.Closer.Comm.ToString());
        }

        if (connection.IsJoined)
        {
            json.WriteNumber("peer.process.pid"u8, connection.PeerOwner.Pid);
            json.WriteNumber("peer.thread.id"u8, connection.PeerOwner.Tid);
            json.WriteString("peer.thread.name"u8, connection.PeerOwner.Comm.ToString());
        }
    }

    private static void WriteCounters(Utf8JsonWriter json, in Connection connection)
    {
        Span<byte> state = stackalloc byte[32];
        json.WritePropertyName("network.connection.state"u8);
        json.WriteRawValue(state[..JsonWords.States.Write(state, connection.State)], skipInputValidation: true);
        Number(json, "bytes_sent"u8, connection.BytesSent);
        Number(json, "bytes_acked"u8, connection.BytesAcked);
        Number(json, "bytes_received"u8, connection.BytesReceived);
        json.WriteNumber("segments_sent"u8, connection.SegmentsSent);
        json.WriteNumber("segments_received"u8, connection.SegmentsReceived);
        json.WriteNumber("retransmits"u8, connection.Retransmits);
        json.WriteNumber("smoothed_rtt_us"u8, connection.SmoothedRtt);
    }

    private static void Time(Utf8JsonWriter json, ReadOnlySpan<byte> wallName, ReadOnlySpan<byte> name, ulong monotonic, RecordedSpan recording)
    {
        if (recording.WallClock(monotonic) is { } wall)
        {
            json.WriteString(wallName, WallTime.Format(wall));
        }

        Number(json, name, monotonic);
    }

    private static void Address(Utf8JsonWriter json, ReadOnlySpan<byte> name, in Address address, int ipVersion)
    {
        Span<byte> text = stackalloc byte[InetText.MaxLength + Utf8Text.Slack];
        json.WriteString(name, text[..InetText.Write(text, in address, ipVersion)]);
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        json.WriteString(name, digits[..length]);
    }
}
