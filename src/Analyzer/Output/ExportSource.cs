using System.Globalization;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output;

/// <summary>What is exported, as far as it was read: who reads it keeps this up, and exporters say it in what they write.</summary>
internal sealed class ExportSource
{
    private readonly List<string> hosts = [];
    private readonly List<string> kernels = [];

    /// <summary>The capture that is being read, as its file was named.</summary>
    public string Capture { get; set; } = "";

    /// <summary>Tells what the section says of itself that is being read; null: nothing is.</summary>
    public Func<CaptureHeader?>? Reading { get; set; }

    /// <summary>Where the events went that the probes saw.</summary>
    public LossCounters Losses { get; private set; }

    /// <summary>Whether something could not be read, or a recording did not end properly: nobody knows what is missing.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>Takes what a section says of itself.</summary>
    public void Add(CaptureHeader? header)
    {
        var all = header is { Hosts.Count: > 0 } ? header.Hosts.Select(host => (host.Host, host.Kernel)) : [(header?.Host ?? "", header?.Kernel ?? "")];
        foreach (var (host, kernel) in all)
        {
            Note(hosts, host);
            Note(kernels, kernel);
        }
    }

    /// <summary>Takes what was lost.</summary>
    public void Add(LossCounters losses) => Losses += losses;

    /// <summary>Says whether something could not be read.</summary>
    public void Miss(bool something) => IsIncomplete |= something;

    /// <summary>All of it, as names and values.</summary>
    /// <param name="table">What is exported: <c>events</c> or <c>connections</c>.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Describe(string table) =>
    [
        .. Origin(table),
        new("tracecap.lost", Text(Losses.Lost)),
        new("tracecap.ring_full", Text(Losses.RingFull)),
        new("tracecap.map_full", Text(Losses.MapFull)),
        new("tracecap.dropped", Text(Losses.Dropped)),
        new("tracecap.probe_missed", Text(Losses.ProbeMissed)),
        new("tracecap.incomplete", IsIncomplete ? "true" : "false"),
    ];

    /// <summary>The part of it that is known before all is read, of the captures read so far.</summary>
    /// <inheritdoc cref="Describe" path="/param" />
    public IReadOnlyList<KeyValuePair<string, string>> Origin(string table)
    {
        Add(Reading?.Invoke());
        return [new("tracecap.table", table), new("tracecap.host", string.Join(", ", hosts)), new("tracecap.kernel", string.Join(", ", kernels))];
    }

    private static void Note(List<string> known, string name)
    {
        if (name.Length > 0 && !known.Contains(name))
        {
            known.Add(name);
        }
    }

    private static string Text(ulong count) => count.ToString(CultureInfo.InvariantCulture);
}
