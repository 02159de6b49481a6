using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Tests.Conformance;

/// <summary>What our reader finds in a capture, as the JSON of the conformance vectors.</summary>
internal static class ConformanceJson
{
    private static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static JsonObject Read(byte[] file)
    {
        var reader = new CaptureReader(new MemoryStream(file));
        var sections = new List<Section>();
        try
        {
            while (reader.Read())
            {
                Begin(sections, reader);
                sections[^1].Add(reader);
            }

            Begin(sections, reader);
        }
        catch (CaptureFormatException)
        {
            return new JsonObject { ["outcome"] = "refused" };
        }

        return new JsonObject
        {
            ["outcome"] = reader.IsWhole ? "whole" : "damaged",
            ["truncated"] = reader.Truncated,
            ["missing_blocks"] = reader.Damage.MissingBlocks,
            ["damage"] = Array(reader.Damage.Entries, entry =>
                new JsonObject { ["offset"] = entry.Offset, ["bytes"] = entry.Length }),
            ["sections"] = Array(sections, section => section.ToJson()),
        };
    }

    /// <summary>A section begins even if none of its blocks can be read.</summary>
    private static void Begin(List<Section> sections, CaptureReader reader)
    {
        while (sections.Count < reader.Section)
        {
            sections.Add(new Section());
        }
    }

    /// <summary>Text in which an object or array that holds no other takes a line.</summary>
    internal static string Format(JsonNode json)
    {
        var text = new StringBuilder();
        Append(text, json, "\n");
        return text.Append('\n').ToString();
    }

    private static void Append(StringBuilder text, JsonNode? json, string newLine)
    {
        var values = json switch
        {
            JsonObject map => map.Select(entry => (Name: $"{JsonSerializer.Serialize(entry.Key, relaxed)}: ", entry.Value)),
            JsonArray list => list.Select(item => (Name: "", Value: item)),
            _ => [],
        };
        var brackets = json is JsonArray ? "[]" : "{}";
        if (!values.Any(value => value.Value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 }))
        {
            text.Append(json?.ToJsonString(relaxed) ?? "null");
            return;
        }

        var separator = newLine + "  ";
        text.Append(brackets[0]);
        foreach (var (name, value) in values)
        {
            text.Append(separator).Append(name);
            Append(text, value, newLine + "  ");
            separator = "," + newLine + "  ";
        }

        text.Append(newLine).Append(brackets[1]);
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> item) => [.. items.Select(item)];

    /// <summary>64-bit numbers are strings: most readers of JSON keep 53 bits.</summary>
    private static JsonNode Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static JsonObject Texts(IReadOnlyDictionary<string, string> texts) =>
        new(texts.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private static JsonArray? Clock(ClockAnchor? clock) => clock is { } at
        ? Array([at.Monotonic, at.Boottime, at.Realtime], Number)
        : null;

    private static JsonArray LossCounters(LossCounters ledger) => Array(
        [ledger.Emitted, ledger.RingFull, ledger.MapFull, ledger.ProbeMissed, ledger.Dropped], Number);

    private static JsonObject? Header(CaptureHeader? header) => header is null ? null : new()
    {
        ["tool"] = header.Tool,
        ["host"] = header.Host,
        ["kernel"] = header.Kernel,
        ["architecture"] = header.Architecture,
        ["boot_id"] = header.BootId,
        ["cpus"] = header.Cpus,
        ["probes"] = header.Probes,
        ["probes_not_used"] = Texts(header.ProbesNotUsed),
        ["limits"] = Array(header.Limits, limit => limit),
        ["filters"] = Texts(header.Filters),
        ["selection"] = Array(header.Selection, text => text),
        ["hosts"] = Array(header.Hosts, host => new JsonArray(
            host.Host, host.Kernel, host.Architecture, host.BootId, Number(host.ClockOffset))),
        ["options"] = Texts(header.Options),
        ["comment"] = header.Comment,
        ["start"] = Clock(header.Start),
        ["recorded"] = Array(header.Recorded, period => Array([period.From, period.To], Number)),
        ["inputs"] = Array(header.Inputs, input => new JsonArray(Texts(input.Filters), Array(input.Selection, text => text))),
    };

    private static JsonObject Context(CaptureContext context) => new()
    {
        ["clocks"] = Array(context.Clocks, clock => Clock(clock)),
        ["missing"] = Array([context.Missing.Bytes, context.Missing.Blocks, (long)context.Missing.Events], Number),
        ["cgroups"] = Array(context.Cgroups, Name),
        ["netns"] = Array(context.NetworkNamespaces, Name),
    };

    private static JsonArray Name(NamedId name) => new(Number(name.Id), name.Name, name.Host);

    private static JsonObject? Footer(CaptureFooter? footer) => footer is null ? null : new()
    {
        ["reason"] = footer.Reason,
        ["truncated"] = footer.IsTruncated,
        ["end"] = Clock(footer.End),
        ["events_by_type"] = new JsonObject(footer.EventsByType.Select(entry =>
            KeyValuePair.Create(((byte)entry.Key).ToString(CultureInfo.InvariantCulture), (JsonNode?)Number(entry.Value)))),
        ["ledger"] = LossCounters(footer.LossCounters),
        ["raw_bytes"] = Number(footer.RawBytes),
        ["section_bytes"] = Number(footer.SectionBytes),
        ["index"] = Array(footer.Index, entry => new JsonArray(
            (byte)entry.Kind, entry.Sequence, entry.Blocks, Number(entry.Offset), Number(entry.Events),
            Number(entry.FirstTimestamp), Number(entry.LastTimestamp))),
    };

    /// <summary>The names are those of <c>tracecap replay --json</c>, the values are as they are stored.</summary>
    private static JsonObject Event(TcpEvent one) => new()
    {
        ["monotonic_ns"] = Number(one.Timestamp),
        ["event.name"] = (byte)one.Type,
        ["network.type"] = one.IpVersion,
        ["network.local.address"] = Hex(one.LocalAddress),
        ["network.local.port"] = one.LocalPort,
        ["network.peer.address"] = Hex(one.PeerAddress),
        ["network.peer.port"] = one.PeerPort,
        ["network.connection.state"] = one.State,
        ["connection.id"] = Number(one.Connection),
        ["process.pid"] = one.Pid,
        ["thread.id"] = one.Tid,
        ["thread.name.bytes"] = Hex(one.Comm),
        ["user.id"] = one.Uid,
        ["linux.netns"] = one.Netns,
        ["linux.mntns"] = one.Mntns,
        ["linux.cgroup.id"] = Number(one.Cgroup),
        ["cpu.logical_number"] = one.Cpu,
        ["sequence"] = Number(one.Sequence),
        ["flags"] = (byte)one.Flags,
        ["duration_ns"] = Number(one.Duration),
        ["error.number"] = one.Error,
        ["bytes_sent"] = Number(one.BytesSent),
        ["bytes_acked"] = Number(one.BytesAcked),
        ["bytes_received"] = Number(one.BytesReceived),
        ["segments_sent"] = one.SegmentsSent,
        ["segments_received"] = one.SegmentsReceived,
        ["retransmits"] = one.Retransmits,
        ["smoothed_rtt_us"] = one.SmoothedRtt,
        ["linux.netns.id"] = Number(one.NetnsId),
        ["container.pid"] = one.ContainerPid,
        ["linux.pidns"] = one.Pidns,
    };

    private static string Hex<T>(T bytes)
        where T : unmanaged => Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in bytes)));

    /// <summary>What is collected of a section.</summary>
    private sealed class Section
    {
        private readonly List<CaptureContext> contexts = [];
        private readonly List<TcpEvent> events = [];
        private readonly List<int> timeOrder = [];
        private readonly EventOrder order = new();
        private CaptureHeader? header;
        private CaptureFooter? footer;
        private LossCounters ledger;
        private ClockTable clocks = ClockTable.None;

        internal void Add(CaptureReader reader)
        {
            header = reader.Header;
            footer = reader.Footer ?? footer;
            ledger += reader.Block.LossCounters;
            clocks = reader.Known.Clocks;
            if (reader.Context is { } context)
            {
                contexts.Add(context);
            }

            // For the order only the time counts; the sequence tells which event it is.
            var arrived = reader.Events.ToArray().Select((one, i) =>
                new TcpEvent { Timestamp = one.Timestamp, Sequence = (ulong)(events.Count + i) }).ToArray();
            events.AddRange(reader.Events);
            Give(order.Add(arrived, reader.Block.Watermark));
        }

        internal JsonObject ToJson()
        {
            Give(order.Flush());
            return new JsonObject
            {
                ["header"] = Header(header),
                ["contexts"] = Array(contexts, Context),
                ["footer"] = Footer(footer),
                ["ledger"] = LossCounters(ledger),
                ["events"] = Array(events, Event),
                ["wall_clock"] = Array(events, one => clocks.WallClock(one.Timestamp) is { } wall ? Number(wall) : null),
                ["time_order"] = Array(timeOrder, place => place),
            };
        }

        private void Give(ReadOnlySpan<TcpEvent> given)
        {
            foreach (ref readonly var one in given)
            {
                timeOrder.Add((int)one.Sequence);
            }
        }
    }
}
