using System.Buffers;
using MessagePack;

namespace TraceCap.Format.Metadata;

/// <summary>Who recorded what, where and how: the payload of the block that opens a section.</summary>
public sealed record CaptureHeader
{
    /// <summary>What <see cref="Probes"/> is for events that came from text.</summary>
    public const string Import = "import";

    /// <summary>The program and version that wrote the capture, as <c>tracecap 1.2.3</c>.</summary>
    public string Tool { get; init; } = "";

    /// <summary>The host's name.</summary>
    public string Host { get; init; } = "";

    /// <summary>The kernel's release, as <c>uname -r</c> prints it.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>The machine, as <c>uname -m</c> prints it.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The kernel's boot id: timestamps of captures with the same one are on the same clock.</summary>
    public string BootId { get; init; } = "";

    /// <summary>Possible CPUs of the host.</summary>
    public int Cpus { get; init; }

    /// <summary>The probe set that recorded, or another origin such as <see cref="Import"/>.</summary>
    public string Probes { get; init; } = "";

    /// <summary>Why each better probe set was not used, by its name.</summary>
    public IReadOnlyDictionary<string, string> ProbesNotUsed { get; init; } = new Dictionary<string, string>();

    /// <summary>What the kernel did not let the probes see, one sentence each; usually nothing.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>The filters that acted while recording, by option name.</summary>
    public IReadOnlyDictionary<string, string> Filters { get; init; } = new Dictionary<string, string>();

    /// <summary>Which of the recorded events were kept later, as the options of one command after another; usually all.</summary>
    public IReadOnlyList<string> Selection { get; init; } = [];

    /// <summary>The hosts whose captures were merged into this one; usually none. Their order is that of the numbers in the
    /// connection ids, see <see cref="MergedHost.ConnectionShift"/>.</summary>
    public IReadOnlyList<MergedHost> Hosts { get; init; } = [];

    /// <summary>The ways in which the captures that were merged into this one were filtered and cut, each once, where these
    /// are not the same: then <see cref="Filters"/> has what all have in common, and <see cref="Selection"/> what was cut since.
    /// Empty otherwise.</summary>
    public IReadOnlyList<MergedInput> Inputs { get; init; } = [];

    /// <summary>Other settings of the recorder, by option name.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>What the user wrote about the capture.</summary>
    public string Comment { get; init; } = "";

    /// <summary>The clocks when recording began; null if the events' wall-clock times are not known.</summary>
    public ClockAnchor? Start { get; init; }

    /// <summary>When it was recorded, in the order of time, if that is not from <see cref="Start"/> to the end of the section:
    /// the part that was cut out, or the times of captures that were merged. Empty otherwise.</summary>
    public IReadOnlyList<RecordedPeriod> Recorded { get; init; } = [];

    /// <summary>Whether the sequence numbers of the events count all that the probes saw, so that a gap is a loss.</summary>
    internal bool CountsEvents => Probes is not ("" or Import) && Selection.Count == 0 && Hosts.Count == 0;

    /// <summary>What <see cref="Options"/> of a flight recorder's files have: how much it kept.</summary>
    public const string Flight = "flight";

    /// <summary>Whether nothing tells when what the section holds began, and <see cref="Start"/> may be long before it: so it is with
    /// a flight recorder's files of earlier versions, which say when their recorder was started.</summary>
    public bool ClaimsTooMuch => Recorded.Count == 0 && Options.ContainsKey(Flight);

    internal void Write(IBufferWriter<byte> target)
    {
        var writer = new MessagePackWriter(target);
        writer.WriteMapHeader(12 + (Selection.Count > 0 ? 1 : 0) + (Hosts.Count > 0 ? 1 : 0) + (Start is null ? 0 : 1)
            + (Recorded.Count > 0 ? 1 : 0) + (Inputs.Count > 0 ? 1 : 0));
        WriteText(ref writer, "tool", Tool);
        WriteText(ref writer, "host", Host);
        WriteText(ref writer, "kernel", Kernel);
        WriteText(ref writer, "architecture", Architecture);
        WriteText(ref writer, "boot_id", BootId);
        writer.Write("cpus");
        writer.Write(Cpus);
        WriteText(ref writer, "probes", Probes);
        WriteTexts(ref writer, "probes_not_used", ProbesNotUsed);
        WriteTexts(ref writer, "limits", Limits);
        WriteTexts(ref writer, "filters", Filters);
        if (Selection.Count > 0)
        {
            WriteTexts(ref writer, "selection", Selection);
        }

        if (Hosts.Count > 0)
        {
            writer.Write("hosts");
            writer.WriteArrayHeader(Hosts.Count);
            foreach (var host in Hosts)
            {
                host.Write(ref writer);
            }
        }

        if (Inputs.Count > 0)
        {
            writer.Write("inputs");
            writer.WriteArrayHeader(Inputs.Count);
            foreach (var input in Inputs)
            {
                input.Write(ref writer);
            }
        }

        WriteTexts(ref writer, "options", Options);
        WriteText(ref writer, "comment", Comment);
        if (Start is { } start)
        {
            writer.Write("start");
            CaptureContext.WriteClock(ref writer, start);
        }

        if (Recorded.Count > 0)
        {
            writer.Write("recorded");
            writer.WriteArrayHeader(Recorded.Count);
            foreach (var period in Recorded)
            {
                period.Write(ref writer);
            }
        }

        writer.Flush();
    }

    internal static CaptureHeader Read(ReadOnlyMemory<byte> payload)
    {
        var header = new CaptureHeader();
        MessagePackMap.Read(payload, "header block", (ref MessagePackReader reader, string key) =>
        {
            switch (key)
            {
                case "tool": header = header with { Tool = reader.ReadString() ?? "" }; break;
                case "host": header = header with { Host = reader.ReadString() ?? "" }; break;
                case "kernel": header = header with { Kernel = reader.ReadString() ?? "" }; break;
                case "architecture": header = header with { Architecture = reader.ReadString() ?? "" }; break;
                case "boot_id": header = header with { BootId = reader.ReadString() ?? "" }; break;
                case "cpus": header = header with { Cpus = reader.ReadInt32() }; break;
                case "probes": header = header with { Probes = reader.ReadString() ?? "" }; break;
                case "probes_not_used": header = header with { ProbesNotUsed = MessagePackMap.ReadTexts(ref reader) }; break;
                case "limits": header = header with { Limits = MessagePackMap.ReadTextList(ref reader) }; break;
                case "filters": header = header with { Filters = MessagePackMap.ReadTexts(ref reader) }; break;
                case "selection": header = header with { Selection = MessagePackMap.ReadTextList(ref reader) }; break;
                case "hosts": header = header with { Hosts = MessagePackMap.ReadList(ref reader, MergedHost.Read) }; break;
                case "inputs": header = header with { Inputs = MessagePackMap.ReadList(ref reader, MergedInput.Read) }; break;
                case "options": header = header with { Options = MessagePackMap.ReadTexts(ref reader) }; break;
                case "comment": header = header with { Comment = reader.ReadString() ?? "" }; break;
                case "recorded": header = header with { Recorded = MessagePackMap.ReadList(ref reader, RecordedPeriod.Read) }; break;
                case "start": header = header with { Start = CaptureContext.ReadClock(ref reader) }; break;
                default: return false;
            }

            return true;
        });
        return header;
    }

    private static void WriteText(ref MessagePackWriter writer, string key, string value)
    {
        writer.Write(key);
        writer.Write(value);
    }

    private static void WriteTexts(ref MessagePackWriter writer, string key, IReadOnlyList<string> values)
    {
        writer.Write(key);
        MessagePackMap.WriteTexts(ref writer, values);
    }

    private static void WriteTexts(ref MessagePackWriter writer, string key, IReadOnlyDictionary<string, string> values)
    {
        writer.Write(key);
        MessagePackMap.WriteTexts(ref writer, values);
    }
}
