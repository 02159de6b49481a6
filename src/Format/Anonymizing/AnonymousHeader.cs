using System.Text.RegularExpressions;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Anonymizing;

/// <summary>
/// What is left of what a header and a footer say: what is in a list of known words, of the form that it must have, or hashed. Nothing
/// stays because it looks harmless.
/// </summary>
internal sealed partial class AnonymousHeader(NameHash names, TimeShift times, AnonymizationOptions options, string tool)
{
    /// <summary>What <see cref="CaptureHeader.Options"/> have of an anonymized capture: how.</summary>
    internal const string Anonymized = "anonymized";

    private const string Separator = "; ";
    private const string Removed = "(left out)";
    private const string Types = "--type";

    private static readonly HashSet<string> machines = ["x86_64", "aarch64", "i686", "armv7l", "riscv64", "ppc64le", "s390x", "loongarch64"];

    private static readonly HashSet<string> probes = ["fentry", "kprobe", "tracepoint", CaptureHeader.Import];

    /// <summary>Filters of the recorder, as its options are called without dashes.</summary>
    private static readonly HashSet<string> filters =
        ["pid", "uid", "netns", "ip version", "port", "addr", "comm", "cgroup", "cgroupmap", "mntnsmap", CaptureHeader.CompatFilters];

    /// <summary>Options by which captures are cut and split.</summary>
    private static readonly HashSet<string> selections =
    [
        "-p", "--pid", "-u", "--uid", "-N", "--netns", "-4", "--ipv4", "-6", "--ipv6", "--from", "--to", "--comm", "--port", "--addr", "--container",
        "--unit", "--cgroup", Types, "--where", "--keep-whole", "--by",
    ];

    /// <summary>Why recordings end, in the words of the recorder and of those who write captures anew.</summary>
    private static readonly HashSet<string> reasons =
    [
        "the time was over", "the number of events was reached", "stopped by a signal", "the command could not be run", "end of input",
        "end of input, which was truncated", "split", "SIGUSR1", "SIGHUP",
    ];

    /// <summary>The header of what is written.</summary>
    public CaptureHeader Of(CaptureHeader header) => new()
    {
        Tool = tool,
        Host = Each(header.Host, Host),
        Kernel = Each(header.Kernel, Kernel),
        Architecture = Each(header.Architecture, Machine),
        BootId = BootId(header.BootId),
        Cpus = header.Cpus,
        Probes = Each(header.Probes, one => probes.Contains(one) ? one : names.Name('x', "probes", one)),
        ProbesNotUsed = IsKept(NameKind.Options) ? header.ProbesNotUsed : new Dictionary<string, string>(),
        Limits = IsKept(NameKind.Options) ? header.Limits : [.. header.Limits.Select(_ => "the kernel did not let the probes see something " + Removed).Distinct()],
        Filters = Filters(header.Filters),
        Selection = [.. header.Selection.Select(Selection)],
        Hosts = [.. header.Hosts.Select(host => new MergedHost(
            Host(host.Host), Kernel(host.Kernel), Machine(host.Architecture), BootId(host.BootId), times.Offset(host.ClockOffset, host.BootId)))],
        Inputs = [.. header.Inputs.Select(input => new MergedInput(Filters(input.Filters), [.. input.Selection.Select(Selection)]))],
        Options = Options(header.Options),
        Comment = IsKept(NameKind.Comment) ? header.Comment : "",
        Start = header.Start is { } start ? times.Clock(in start) : null,
        Recorded = [.. header.Recorded.Select(period => times.Period(in period))],
    };

    /// <summary>Why it ended.</summary>
    public string Reason(string reason)
    {
        if (IsKept(NameKind.Comment) || reason.Length == 0 || reasons.Contains(reason) || Merged().IsMatch(reason))
        {
            return reason;
        }

        return reason.StartsWith(CaptureFooter.Truncated, StringComparison.Ordinal)
            ? !times.IsAny && Time().IsMatch(reason[CaptureFooter.Truncated.Length..]) ? reason : CaptureFooter.Truncated + "is unknown"
            : Removed;
    }

    private bool IsKept(NameKind kind) => options.Kept.Contains(kind);

    private static string Each(string joined, Func<string, string> replace) => string.Join(Separator, joined.Split(Separator).Select(replace).Where(one => one.Length > 0));

    private string Host(string host) => IsKept(NameKind.Host) ? host
        : options.Dropped.Contains(NameKind.Host) ? ""
        : names.Name('h', "host", host);

    private string Kernel(string release) => IsKept(NameKind.Kernel) ? release : Numbers().Match(release).Value;

    private string Machine(string machine) => machines.Contains(machine) ? machine : names.Name('x', "architecture", machine);

    private string BootId(string id) => id.Length == 0 || IsKept(NameKind.BootId) ? id : names.Hex("boot id " + id, "00000000-0000-0000-0000-000000000000");

    private Dictionary<string, string> Filters(IReadOnlyDictionary<string, string> all)
    {
        var left = new Dictionary<string, string>();
        foreach (var (name, value) in all)
        {
            if (IsKept(NameKind.Filters))
            {
                left[name] = value;
            }
            else if (filters.Contains(name))
            {
                left[name] = (name, value) is ("ip version", "4" or "6") or (CaptureHeader.CompatFilters, "yes") ? value : names.Name('x', "filter", value);
            }
            else
            {
                left[names.Name('x', "filter", name)] = names.Name('x', "filter", value);
            }
        }

        return left;
    }

    /// <summary>A line of options: which they are stays, as figures depend on it, and their values are hashed.</summary>
    private string Selection(string selection)
    {
        if (IsKept(NameKind.Filters))
        {
            return selection;
        }

        var left = new List<string>();
        var value = new List<string>();
        foreach (var word in selection.Split(' '))
        {
            if (selections.Contains(word))
            {
                TakeValue();
                left.Add(word);
            }
            else
            {
                value.Add(word);
            }
        }

        TakeValue();
        return string.Join(' ', left);

        void TakeValue()
        {
            var text = string.Join(' ', value);
            if (text.Length > 0)
            {
                left.Add(left is [.., Types] && Letters().IsMatch(text) ? text : names.Name('x', "filter", text));
            }

            value.Clear();
        }
    }

    private Dictionary<string, string> Options(IReadOnlyDictionary<string, string> all)
    {
        var left = all.Where(option => IsKept(NameKind.Options) || option switch
        {
            { Key: CaptureHeader.Ended, Value: CaptureHeader.EndsRecorded } => true,
            { Key: CaptureHeader.FilterBy, Value: CaptureHeader.ByConnection } => true,
            { Key: "buffer" } => Sizes().IsMatch(option.Value),
            { Key: CaptureHeader.Imported, Value: "pcap" or "tcptracer" or "tcplife" or "ss" or "zeek" } => true,
            { Key: CaptureHeader.Flight } => true,
            _ => false,
        }).ToDictionary();
        if (!IsKept(NameKind.Options) && left.TryGetValue(CaptureHeader.Flight, out var flight) && !Sizes().IsMatch(flight))
        {
            // That there is one means something, whatever it says.
            left[CaptureHeader.Flight] = Removed;
        }

        left[Anonymized] = options.Describe();
        return left;
    }

    [GeneratedRegex("^[0-9]{1,4}([.][0-9]{1,4}){0,3}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    [GeneratedRegex("^[CAXFOE]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Letters();

    [GeneratedRegex("^[0-9]{1,10} ?([a-z]{1,2}|[KMG](iB|B)?)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Sizes();

    [GeneratedRegex("^merged from [0-9]{1,6} captures$", RegexOptions.CultureInvariant)]
    private static partial Regex Merged();

    [GeneratedRegex("^[0-9TZ:.-]{1,30}( ns)? is unknown$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Time();
}
