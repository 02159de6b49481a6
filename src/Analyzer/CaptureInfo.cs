using System.Globalization;
using TraceCap.Analyzer.Info;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer;

/// <summary>A host that was recorded.</summary>
/// <param name="Name">Its name; empty if it is not known.</param>
/// <param name="Kernel">The kernel's release, as <c>uname -r</c> prints it; empty if it is not known.</param>
/// <param name="Architecture">The machine, as <c>uname -m</c> prints it; empty if it is not known.</param>
/// <param name="BootId">The kernel's boot id; empty if it is not known.</param>
public sealed record RecordedHost(string Name, string Kernel, string Architecture, string BootId)
{
    /// <summary>The name and the kernel.</summary>
    public override string ToString() => Kernel.Length == 0 ? Name : $"{Name} ({Kernel})";
}

/// <summary>What captures hold.</summary>
public sealed record CaptureInfo
{
    private static readonly RecordedHost unknown = new("", "", "", "");

    /// <summary>The hosts that were recorded, each once.</summary>
    public required IReadOnlyList<RecordedHost> Hosts { get; init; }

    /// <summary>The name of the host, or of the first of several; null if it is not known.</summary>
    public string? Host => Hosts is [{ Name.Length: > 0 } host, ..] ? host.Name : null;

    /// <summary>The kernel's release of that host; null if it is not known.</summary>
    public string? Kernel => Hosts is [{ Kernel.Length: > 0 } host, ..] ? host.Kernel : null;

    /// <summary>When recording began; null if the captures do not tell.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>When it ended, or when the last event was if it did not end properly; null if the captures do not tell.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The time between the two; null if the captures do not tell.</summary>
    public TimeSpan? Duration => End - Start;

    /// <summary>Events by type.</summary>
    public required IReadOnlyDictionary<TcpEventType, long> EventsByType { get; init; }

    /// <summary>All events.</summary>
    public long Events => EventsByType.Values.Sum();

    /// <summary>Where events went that the probes saw.</summary>
    public LossCounters Losses { get; init; }

    /// <summary>Events that are known to be lost, or to have been in a damaged place.</summary>
    public long Lost { get; init; }

    /// <summary>The length of the captures in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Whether a recording did not end properly: nobody knows what came after.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether something could not be read; null if only the footers were read, which know nothing of that:
    /// <see cref="Capture.Verify"/> reads all.</summary>
    public bool? IsDamaged { get; init; }

    /// <summary>Whether all that was recorded is here, as far as it was read: no event is lost, nothing truncated or damaged.
    /// </summary>
    public bool IsComplete => Lost == 0 && !IsTruncated && IsDamaged != true;

    /// <summary>Host, time, events and what is missing, in one line.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        parts.AddRange(Hosts.Select(host => host.ToString()).Where(host => host.Length > 0));
        if (Start is { } start)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"from {start.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} for {Duration?.TotalSeconds:0.###} s"));
        }

        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Events:N0} events"));
        parts.Add(Lost == 0 ? "none lost" : string.Create(CultureInfo.InvariantCulture, $"{Lost:N0} lost"));
        parts.AddRange(IsTruncated ? ["truncated"] : []);
        parts.AddRange(IsDamaged == true ? ["damaged"] : []);
        return string.Join(", ", parts);
    }

    internal static CaptureInfo Of(IReadOnlyList<CaptureSummary> captures)
    {
        var sections = captures.SelectMany(capture => capture.Sections).ToArray();
        var types = sections.SelectMany(section => section.EventsByType).GroupBy(type => type.Key)
            .ToDictionary(type => type.Key, type => type.Sum(count => Records.Number(count.Value)));
        var times = sections.SelectMany(TimesOf).Order().ToArray();
        return new CaptureInfo
        {
            Hosts = [.. sections.Select(section => section.Header).OfType<CaptureHeader>().SelectMany(HostsOf).Where(host => host != unknown).Distinct()],
            Start = times.Length > 0 ? times[0] : null,
            End = times.Length > 0 ? times[^1] : null,
            EventsByType = types,
            Losses = sections.Aggregate(default(LossCounters), (sum, section) => sum + section.LossCounters),
            Lost = sections.Sum(section => Records.Number(section.LossCounters.Lost) + Math.Max(0, section.Unaccounted) + Records.Number(section.Missing.Events)),
            Bytes = captures.Sum(capture => capture.Bytes),
            IsTruncated = captures.Any(capture => capture.Sections.Count == 0) || sections.Any(section => section.EndReason is null || section.IsTruncated),
            IsDamaged = captures.Any(capture => capture.Damage?.Count > 0) ? true : captures.All(capture => capture.IsChecked) ? false : null,
        };
    }

    private static IEnumerable<RecordedHost> HostsOf(CaptureHeader header) => header.Hosts.Count > 0
        ? header.Hosts.Select(host => new RecordedHost(host.Host, host.Kernel, host.Architecture, host.BootId))
        : [new RecordedHost(header.Host, header.Kernel, header.Architecture, header.BootId)];

    /// <summary>The times at which a section is known to have been recorded, by the wall clock.</summary>
    private static IEnumerable<DateTimeOffset> TimesOf(SectionSummary section)
    {
        var times = section.Events > 0 ? new[] { section.FirstTimestamp, section.LastTimestamp } : [];
        var clocks = section.Header is { ClaimsTooMuch: true } ? [] : section.Clocks.Anchors.Select(clock => clock.Monotonic);
        var periods = (section.Header?.Recorded ?? []).SelectMany(period => new[] { period.From, period.To });
        return (periods.Any() ? periods.Where(time => time < ulong.MaxValue).Concat(times) : times.Concat(clocks))
            .Select(section.Clocks.WallClock).Select(Records.Time).OfType<DateTimeOffset>();
    }
}
