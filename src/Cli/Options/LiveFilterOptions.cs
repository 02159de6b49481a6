using System.CommandLine;
using System.Net;
using TraceCap.Analyzer.Fields;
using TraceCap.Cli.Completion;
using TraceCap.Format.Events;
using TraceCap.Recorder.Probes;

namespace TraceCap.Cli.Options;

/// <summary>Which connections are recorded: the filters that act in the kernel, each with its opposite.</summary>
internal sealed class LiveFilterOptions
{
    private static readonly FilterWords<uint> number = new("NUMBERS", text => FilterText.ParseNumber(text, 1), "1234 or 1234,5678");
    private static readonly FilterWords<uint> process = number with { Values = NamesOfHost.Processes.Listed() };
    private static readonly FilterWords<uint> user = new("USERS", FilterText.ParseUser, "postgres, 1000 or 0,1000", ValueSource.Users);
    private static readonly FilterWords<ushort> port = new("PORTS", PortNames.Parse, "443, 80,443 or https", Vocabulary.Ports.Listed());
    private static readonly FilterWords<IPNetwork> network = new("CIDR", text => AddressPrefix.Parse(text).ToNetwork(), "10.0.0.0/8 or ::1");
    private static readonly FilterWords<ThreadName> name = new("NAME", FilterText.ParseName, "nginx", NamesOfHost.ProcessNames);
    private static readonly FilterWords<string> path = new("PATH", text => text, "/system.slice/nginx.service", NamesOfHost.Cgroups, IsList: false);

    private readonly WantedOption<uint> pids = new(process, "pid", "these processes", "-p", "--pid");
    private readonly WantedOption<uint> uids = new(user, "uid", "these users, by their names on this host or their numbers", "-u", "--uid");
    private readonly WantedOption<uint> netns = new(number, "netns", "these network namespaces, by their inode numbers", "-N", "--netns");
    private readonly WantedOption<ushort> ports = new(port, "any.port", "these ports, at either end", "--port");
    private readonly WantedOption<IPNetwork> addresses = new(network, "addr", "these addresses or ranges, at either end; of two that hold one, the smaller counts", "--addr");
    private readonly WantedOption<ThreadName> comms = new(name, "comm", "threads of these names", "--comm");
    private readonly WantedOption<string> cgroups = new(path, "cgroup", "tasks of this cgroup and of those below it; of two that hold one, the deeper counts", "--cgroup");
    private readonly Option<bool> ipv4 = OptionFactory.Flag("Only IPv4 sockets.", "-4", "--ipv4");
    private readonly Option<bool> ipv6 = OptionFactory.Flag("Only IPv6 sockets.", "-6", "--ipv6");

    private readonly Option<string?> cgroupMap = OptionFactory.Text(
        "Only tasks of the cgroups in this pinned BPF hash map (keys: 8-byte cgroup ids).", "PATH", "--cgroupmap").Offering(ValueSource.Files());

    private readonly Option<string?> mountMap = OptionFactory.Text(
        "Only tasks of the mount namespaces in this pinned BPF hash map (keys: 8-byte inode numbers).", "PATH", "--mntnsmap").Offering(ValueSource.Files());

    private readonly Option<bool> eachEvent = OptionFactory.Flag(
        "Have filters on tasks judge each event by its own task, as tcptracer does, and not a connection by the task that opens it.", "--compat-filters");

    internal void AddTo(Command command)
    {
        OptionGroups.Put(OptionGroups.Filters, ipv4, ipv6, cgroupMap, mountMap, eachEvent);
        pids.AddTo(command);
        uids.AddTo(command);
        netns.AddTo(command);
        command.Add(ipv4);
        command.Add(ipv6);
        ports.AddTo(command);
        addresses.AddTo(command);
        comms.AddTo(command);
        cgroups.AddTo(command);
        command.Add(cgroupMap);
        command.Add(mountMap);
        command.Add(eachEvent);
        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(ipv4) && result.ValueIfRight(ipv6))
            {
                result.AddError("-4 and -6 exclude each other; without either, both are meant");
            }
        });
    }

    /// <summary>Whether all connections are of one network namespace.</summary>
    internal bool IsOneNetns(ParseResult parsed) => netns.Value(parsed).Only.Count == 1;

    internal ProbeOptions ToProbeOptions(ParseResult parsed) => new()
    {
        Pids = pids.Value(parsed),
        Uids = uids.Value(parsed),
        Netns = netns.Value(parsed),
        Ports = ports.Value(parsed),
        Addresses = addresses.Value(parsed),
        Comms = comms.Value(parsed),
        Cgroups = cgroups.Value(parsed),
        CgroupMap = parsed.GetValue(cgroupMap),
        MountNamespaceMap = parsed.GetValue(mountMap),
        IpVersion = parsed.GetValue(ipv4) ? 4 : parsed.GetValue(ipv6) ? 6 : null,
        FilterEachEvent = parsed.GetValue(eachEvent),
    };

    /// <summary>Those of which <see cref="ToCondition"/> makes a condition.</summary>
    internal IEnumerable<Option> OfCaptures =>
        [.. pids.Both, .. uids.Both, .. netns.Both, .. ports.Both, .. addresses.Both, .. comms.Both, .. cgroups.Both, ipv4, ipv6];

    /// <summary>What the filters would have let through, as a condition for the connections of a capture; null if there are none.</summary>
    /// <exception cref="FormatException">No condition says the same.</exception>
    internal string? ToCondition(ParseResult parsed)
    {
        if (addresses.Value(parsed) is { Only.Count: > 0, Not.Count: > 0 } || cgroups.Value(parsed) is { Only.Count: > 0, Not.Count: > 0 })
        {
            throw new FormatException("of a FILE no range is taken out of another by --not-addr or --not-cgroup; --where has and, or and not");
        }

        string[] all =
        [
            .. pids.Conditions(parsed), .. uids.Conditions(parsed), .. netns.Conditions(parsed), .. ports.Conditions(parsed), .. addresses.Conditions(parsed),
            .. comms.Conditions(parsed), .. cgroups.Conditions(parsed),
            .. parsed.GetValue(ipv4) ? ["ip == ipv4"] : Array.Empty<string>(), .. parsed.GetValue(ipv6) ? ["ip == ipv6"] : Array.Empty<string>(),
        ];
        return all.Length == 0 ? null : string.Join(" and ", all);
    }

    /// <summary>How the values of a filter are written.</summary>
    private sealed record FilterWords<T>(string What, Func<string, T> Parse, string Example, ValueSource? Values = null, bool IsList = true)
    {
        /// <summary>An option of such values.</summary>
        internal Option<T[]> Option(string description, string name, params string[] aliases)
        {
            var option = IsList ? OptionFactory.List(description, What, Parse, name, aliases) : OptionFactory.ParsedList(description, What, Parse, name, aliases);
            return Values is null ? option : option.Offering(Values);
        }
    }

    /// <summary>A filter and its opposite.</summary>
    private sealed class WantedOption<T>
    {
        private readonly Option<T[]> only;
        private readonly Option<T[]> not;

        private readonly string field;

        internal WantedOption(FilterWords<T> words, string field, string which, string name, params string[] aliases)
        {
            this.field = field;
            var longName = aliases.Length > 0 ? aliases[^1] : name;
            only = words.Option($"Only {which}, such as {words.Example}; also several times.", name, aliases);
            not = words.Option($"Not {which}.", "--not-" + longName.TrimStart('-'));
        }

        internal IEnumerable<Option> Both => [only, not];

        internal void AddTo(Command command)
        {
            OptionGroups.Put(OptionGroups.Filters, only, not);
            command.Add(only);
            command.Add(not);
        }

        internal Wanted<T> Value(ParseResult parsed) => new()
        {
            Only = [.. parsed.GetValue(only)!],
            Not = [.. parsed.GetValue(not)!],
        };

        /// <summary>The same in the language of conditions.</summary>
        internal IEnumerable<string> Conditions(ParseResult parsed)
        {
            var wanted = Value(parsed);
            return [.. wanted.Only.Count > 0 ? [AnyOf(wanted.Only)] : Array.Empty<string>(), .. wanted.Not.Count > 0 ? [$"not {AnyOf(wanted.Not)}"] : Array.Empty<string>()];
        }

        private string AnyOf(IEnumerable<T> values) => $"({string.Join(" or ", values.Select(One))})";

        private string One(T value) => value switch
        {
            IPNetwork range => $"{field} in {range}",
            string or ThreadName => $"{field} == \"{$"{value}".Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
            _ => FormattableString.Invariant($"{field} == {value}"),
        };
    }
}
