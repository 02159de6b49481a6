using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Info;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>A <see cref="CaptureSummary"/> for programs.</summary>
internal static class SummaryJson
{
    /// <summary>One JSON object and a newline, UTF-8.</summary>
    /// <param name="name">What the file is called.</param>
    /// <param name="summary">What it holds.</param>
    public static byte[] Format(string name, CaptureSummary summary)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("file", name);
            json.WriteNumber("bytes", summary.Bytes);
            json.WriteBoolean("complete", summary.IsWhole);
            json.WriteBoolean("checked", summary.IsChecked);
            json.WriteStartArray("sections");
            foreach (var section in summary.Sections)
            {
                Write(json, section);
            }

            json.WriteEndArray();
            json.WriteStartArray("damage");
            foreach (var damage in summary.Damage?.Entries ?? [])
            {
                json.WriteStartObject();
                json.WriteNumber("offset", damage.Offset);
                json.WriteNumber("bytes", damage.Length);
                json.WriteString("what", damage.What);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void Write(Utf8JsonWriter json, SectionSummary section)
    {
        json.WriteStartObject();
        if (section.Header is { } header)
        {
            json.WriteString("host", header.Host);
            json.WriteString("kernel", header.Kernel);
            json.WriteString("architecture", header.Architecture);
            json.WriteNumber("cpus", header.Cpus);
            json.WriteString("boot_id", header.BootId);
            if (header.Hosts.Count > 0)
            {
                WriteHosts(json, header.Hosts);
            }

            json.WriteString("tool", header.Tool);
            json.WriteString("probes", header.Probes);
            Texts(json, "probes_not_used", header.ProbesNotUsed);
            Texts(json, "limits", header.Limits);
            Texts(json, "filters", header.Filters);
            if (header.Selection.Count > 0)
            {
                Texts(json, "cut", header.Selection);
            }

            if (header.Inputs.Count > 0)
            {
                WriteInputs(json, header.Inputs);
            }

            Texts(json, "options", header.Options);
            json.WriteString("comment", header.Comment);
        }

        json.WriteString("end_reason", section.EndReason);
        json.WriteStartArray("clocks");
        foreach (var clock in section.Clocks.Anchors)
        {
            json.WriteStartObject();
            Digits(json, "monotonic_ns", clock.Monotonic);
            Digits(json, "boottime_ns", clock.Boottime);
            json.WriteString("realtime", WallTime.Format(clock.Realtime));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (section.Events > 0)
        {
            Digits(json, "first_monotonic_ns", section.FirstTimestamp);
            Digits(json, "last_monotonic_ns", section.LastTimestamp);
            if (section.Clocks.WallClock(section.FirstTimestamp) is { } first)
            {
                json.WriteString("first_time", WallTime.Format(first));
                json.WriteString("last_time", WallTime.Format(section.Clocks.WallClock(section.LastTimestamp)!.Value));
            }
        }

        if (section.Events != section.Recorded)
        {
            json.WriteNumber("events_recorded", section.Recorded);
        }

        json.WriteNumber("events", section.Events);
        json.WriteStartObject("events_by_type");
        foreach (var (type, count) in section.EventsByType.OrderBy(entry => entry.Key))
        {
            json.WriteNumber(type is >= (TcpEventType)' ' and <= (TcpEventType)'~' ? ((char)type).ToString() : ((byte)type).ToString(CultureInfo.InvariantCulture), count);
        }

        json.WriteEndObject();
        if (section.HasEnds is { } hasEnds)
        {
            json.WriteBoolean("ends_recorded", hasEnds);
        }

        json.WriteStartObject("ledger");
        json.WriteNumber("emitted", section.LossCounters.Emitted);
        json.WriteNumber("lost", section.LossCounters.Lost);
        json.WriteNumber("ring_full", section.LossCounters.RingFull);
        json.WriteNumber("map_full", section.LossCounters.MapFull);
        json.WriteNumber("probe_missed", section.LossCounters.ProbeMissed);
        json.WriteNumber("dropped", section.LossCounters.Dropped);
        json.WriteNumber("unaccounted", section.Unaccounted);
        json.WriteEndObject();
        if (!section.Missing.IsNone)
        {
            json.WriteStartObject("missing");
            json.WriteNumber("events", section.Missing.Events);
            json.WriteNumber("blocks", section.Missing.Blocks);
            json.WriteNumber("bytes", section.Missing.Bytes);
            json.WriteEndObject();
        }

        WriteNames(json, section.Names);
        json.WriteNumber("chunks", section.Chunks);
        json.WriteNumber("bytes", section.Bytes);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, CaptureNames names)
    {
        WriteNames(json, names, "cgroups", names.Cgroups, cgroup =>
        {
            Digits(json, "linux.cgroup.id", cgroup.Id);
            NamesJson.Write(json, new CgroupName(cgroup.Name));
        });
        WriteNames(json, names, "netns", names.NetworkNamespaces, netns =>
        {
            json.WriteNumber("linux.netns", netns.Id);
            NamesJson.Write(json, netns.Name);
        });
    }

    private static void WriteNames(Utf8JsonWriter json, CaptureNames names, string kind, IEnumerable<NamedId> all, Action<NamedId> write)
    {
        var ordered = all.OrderBy(name => name.Name, StringComparer.Ordinal).ThenBy(name => name.Host).ThenBy(name => name.Id).ToArray();
        if (ordered.Length == 0)
        {
            return;
        }

        json.WriteStartArray(kind);
        foreach (var name in ordered)
        {
            json.WriteStartObject();
            if (names.OfSeveralHosts)
            {
                json.WriteNumber("host", name.Host);
            }

            write(name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteHosts(Utf8JsonWriter json, IReadOnlyList<MergedHost> hosts)
    {
        json.WriteStartArray("hosts");
        foreach (var host in hosts)
        {
            json.WriteStartObject();
            json.WriteString("host", host.Host);
            json.WriteString("kernel", host.Kernel);
            json.WriteString("architecture", host.Architecture);
            json.WriteString("boot_id", host.BootId);
            json.WriteString("clock_offset_ns", host.ClockOffset.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteInputs(Utf8JsonWriter json, IReadOnlyList<MergedInput> inputs)
    {
        json.WriteStartArray("inputs");
        foreach (var input in inputs)
        {
            json.WriteStartObject();
            Texts(json, "filters", input.Filters);
            Texts(json, "cut", input.Selection);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void Digits(Utf8JsonWriter json, string name, ulong value) => json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
}
