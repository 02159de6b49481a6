using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Merging;

/// <summary>The hosts of captures that are merged: which there are, how their clocks differ, and what the merged capture
/// says of them.</summary>
internal sealed class MergeHosts
{
    private readonly List<MergedHost> hosts = [];
    private readonly Dictionary<string, int> numbers = [];
    private readonly string clockHost;

    /// <summary>Finds the hosts of sources, and places these on one clock: that of the host which was started first, for
    /// there no time is before 0.</summary>
    /// <exception cref="CaptureFormatException">A source says neither its host nor its clocks.</exception>
    internal MergeHosts(IReadOnlyList<MergeSource> sources)
    {
        // The clock of a host may be stepped between two captures; its first one counts, in whatever order they are given.
        var clocks = sources.GroupBy(source => source.Clock).ToDictionary(
            group => group.Key, group => group.Select(source => source.Header.Start).MinBy(start => start?.Monotonic ?? ulong.MaxValue)?.WallOffset);

        clockHost = clocks.MinBy(entry => entry.Value ?? long.MaxValue).Key;
        if (clocks.Count > 1 && sources.FirstOrDefault(source => clocks[source.Clock] is null) is { } silent)
        {
            throw new CaptureFormatException(
                $"{silent.Name} does not tell its clocks, so its times cannot be compared with those of other hosts");
        }

        var reference = clocks[clockHost] ?? 0;
        var placed = sources.Select(source => (Source: source, Offset: (clocks[source.Clock] ?? 0) - reference))
            .Select(entry => (entry.Source, entry.Offset, Numbers: HostsOf(entry.Source, entry.Offset).Select(Number).ToArray()))
            .ToArray();
        if (hosts.Count > MergedHost.Max)
        {
            throw new CaptureFormatException($"these captures are of {hosts.Count} hosts; one capture can tell {MergedHost.Max} apart");
        }

        foreach (var (source, offset, own) in placed)
        {
            source.Place(offset, source.Clock == clockHost, hosts.Count > 1 ? own : []);
        }
    }

    /// <summary>The merged capture's header.</summary>
    internal CaptureHeader Describe(IReadOnlyList<MergeSource> sources, string tool)
    {
        var headers = sources.Select(source => source.Header).ToArray();
        var inputs = WaysOf(headers);
        var onClock = sources.Where(source => source.Clock == clockHost).Select(source => source.Header).ToArray();
        return new CaptureHeader
        {
            Tool = tool,
            Host = Join(hosts.Select(host => host.Host)),
            Kernel = Join(hosts.Select(host => host.Kernel)),
            Architecture = Join(hosts.Select(host => host.Architecture)),
            BootId = onClock[0].BootId,
            Cpus = headers.Max(header => header.Cpus),
            Probes = Join(headers.Select(header => header.Probes)),
            Limits = [.. headers.SelectMany(header => header.Limits).Distinct()],
            Filters = inputs.Skip(1).Aggregate<MergedInput, IEnumerable<KeyValuePair<string, string>>>(
                inputs[0].Filters, (common, input) => common.Intersect(input.Filters)).ToDictionary(),
            Selection = inputs.Count > 1 ? [] : inputs[0].Selection,
            Inputs = inputs.Count > 1 ? inputs : [],
            Hosts = hosts,
            Options = Options(headers),
            Comment = Join(headers.Select(header => header.Comment)),
            Start = sources.Select(source => source.StartClock).Where(clock => clock is not null).MinBy(clock => clock!.Value.Monotonic),
            Recorded = RecordedPeriod.Join(sources.SelectMany(source => source.Recorded)),
        };
    }

    /// <summary>The ways in which captures were filtered and cut, each once.</summary>
    private static List<MergedInput> WaysOf(IEnumerable<CaptureHeader> headers) => [.. headers
        .SelectMany(header => header.Inputs.Count > 0
            ? header.Inputs.Select(input => input with { Selection = [.. input.Selection, .. header.Selection] })
            : [new MergedInput(header.Filters, header.Selection)])
        .Distinct()];

    private static IEnumerable<(string Identity, MergedHost Host)> HostsOf(MergeSource source, long clockOffset)
    {
        var header = source.Header;
        return header.Hosts.Count == 0
            ? [(source.Clock, new MergedHost(header.Host, header.Kernel, header.Architecture, header.BootId, clockOffset))]
            : header.Hosts.Select((host, i) => (
                host.BootId.Length > 0 ? host.BootId : $"{i} of {source.Clock}",
                host with { ClockOffset = host.ClockOffset + clockOffset }));
    }

    private int Number((string Identity, MergedHost Host) entry)
    {
        if (!numbers.TryGetValue(entry.Identity, out var number))
        {
            number = hosts.Count;
            numbers.Add(entry.Identity, number);
            hosts.Add(entry.Host);
        }

        return number;
    }

    /// <summary>All options, but that filters keep connections whole only if it holds of all captures that were filtered.</summary>
    private static Dictionary<string, string> Options(CaptureHeader[] headers)
    {
        var options = Join(headers.Select(header => header.Options));
        if (headers.Any(header => IsFiltered(header) && !header.Options.ContainsKey(CaptureHeader.FilterBy)))
        {
            options.Remove(CaptureHeader.FilterBy);
        }

        return options;
    }

    private static bool IsFiltered(CaptureHeader header) => header.Filters.Count > 0 || header.Inputs.Any(input => input.Filters.Count > 0);

    private static string Join(IEnumerable<string> texts) => string.Join("; ", texts.Where(text => text.Length > 0).Distinct());

    private static Dictionary<string, string> Join(IEnumerable<IReadOnlyDictionary<string, string>> maps) => maps
        .SelectMany(map => map)
        .GroupBy(pair => pair.Key, pair => pair.Value)
        .ToDictionary(values => values.Key, Join);
}
