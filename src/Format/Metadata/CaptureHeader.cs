using System.Buffers;

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

    /// <summary>What <see cref="Options"/> have of ends: <see cref="EndsRecorded"/> if it is noted when TCP has finished.</summary>
    internal const string Ended = "ended";

    /// <summary>The value of <see cref="Ended"/>.</summary>
    internal const string EndsRecorded = "recorded";

    /// <summary>What <see cref="Options"/> have of what the filters judge: <see cref="ByConnection"/> if they keep connections whole.</summary>
    internal const string FilterBy = "filter-by";

    /// <summary>The value of <see cref="FilterBy"/>.</summary>
    internal const string ByConnection = "connection";

    /// <summary>What <see cref="Filters"/> have if those on tasks judged each event, as tcptracer's do. It is no filter itself.</summary>
    internal const string CompatFilters = "compat-filters";

    /// <summary>What <see cref="Options"/> of a flight recorder's files have: how much it kept.</summary>
    internal const string Flight = "flight";

    /// <summary>What <see cref="Options"/> of a capture have that was made of something else than JSON: what of.</summary>
    internal const string Imported = "imported";

    /// <summary>Whether nothing tells when what the section holds began, and <see cref="Start"/> may be long before it: so it is with
    /// a flight recorder's files of earlier versions, which say when their recorder was started.</summary>
    internal bool ClaimsTooMuch => Recorded.Count == 0 && Options.ContainsKey(Flight);

    internal static MetadataMap<CaptureHeader> Map { get; } = new MetadataMap<CaptureHeader>("header block")
        .Key(
            "tool",
            MetadataType.Text,
            "program and version that wrote the capture",
            header => header.Tool,
            (header, value) => header with { Tool = value })
        .Key(
            "host",
            MetadataType.Text,
            "the host's name",
            header => header.Host,
            (header, value) => header with { Host = value })
        .Key(
            "kernel",
            MetadataType.Text,
            "`uname -r`",
            header => header.Kernel,
            (header, value) => header with { Kernel = value })
        .Key(
            "architecture",
            MetadataType.Text,
            "`uname -m`",
            header => header.Architecture,
            (header, value) => header with { Architecture = value })
        .Key(
            "boot_id",
            MetadataType.Text,
            "timestamps of captures with the same one are on the same clock",
            header => header.BootId,
            (header, value) => header with { BootId = value })
        .Key(
            "cpus",
            MetadataType.Int32,
            "possible CPUs",
            header => header.Cpus,
            (header, value) => header with { Cpus = value })
        .Key(
            "probes",
            MetadataType.Text,
            "the probe set that recorded, or another origin such as `import`",
            header => header.Probes,
            (header, value) => header with { Probes = value })
        .Key(
            "probes_not_used",
            MetadataType.TextsByName,
            "why each better probe set was not used",
            header => header.ProbesNotUsed,
            (header, value) => header with { ProbesNotUsed = value })
        .Key(
            "limits",
            MetadataType.Texts,
            "what the kernel did not let the probes see, a sentence each",
            header => header.Limits,
            (header, value) => header with { Limits = value })
        .Key(
            "filters",
            MetadataType.TextsByName,
            "filters that acted while recording, by option name",
            header => header.Filters,
            (header, value) => header with { Filters = value })
        .Key(
            "selection",
            MetadataType.Texts,
            "which of the recorded events were kept later, one cut after another",
            header => header.Selection,
            (header, value) => header with { Selection = value }, when: header => header.Selection.Count > 0)
        .Key(
            "hosts",
            MetadataType.ListOf(MergedHost.Stored),
            "the hosts whose captures were merged, see below",
            header => header.Hosts,
            (header, value) => header with { Hosts = value }, when: header => header.Hosts.Count > 0)
        .Key(
            "inputs",
            MetadataType.ListOf(MergedInput.Stored),
            "the captures that were merged, if they were not all filtered and cut alike: in what ways, each once. Then `filters` has "
                + "what all have in common, and `selection` what was cut since",
            header => header.Inputs,
            (header, value) => header with { Inputs = value }, when: header => header.Inputs.Count > 0)
        .Key(
            "options",
            MetadataType.TextsByName,
            "other settings of the recorder",
            header => header.Options,
            (header, value) => header with { Options = value })
        .Key(
            "comment",
            MetadataType.Text,
            "the user's",
            header => header.Comment,
            (header, value) => header with { Comment = value })
        .Key(
            "start",
            ClockAnchor.Stored,
            "when recording began; of a flight recorder, when what the file holds begins",
            header => header.Start!.Value,
            (header, value) => header with { Start = value },
            when: header => header.Start is not null)
        .Key(
            "recorded",
            MetadataType.ListOf(RecordedPeriod.Stored),
            "when it was recorded, CLOCK_MONOTONIC ns, in the order of time: the part that was cut out, what a flight recorder kept, "
                + "or the times of the captures that were merged; a `to` of 2^64 - 1 is the end of the section",
            header => header.Recorded,
            (header, value) => header with { Recorded = value },
            when: header => header.Recorded.Count > 0,
            ifMissing: "from `start` to the end");

    internal void Write(IBufferWriter<byte> target) => Map.Write(target, this);

    internal static CaptureHeader Read(ReadOnlyMemory<byte> payload) => Map.Read(payload, new CaptureHeader(), out _);
}
