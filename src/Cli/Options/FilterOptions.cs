using System.CommandLine;
using TraceCap.Analyzer.Filters;
using TraceCap.Cli.Completion;

namespace TraceCap.Cli.Options;

/// <summary>Which connections: the options that all commands share which read captures, with tcptracer's letters.</summary>
internal sealed class FilterOptions
{
    private readonly Option<uint[]> pids = OptionFactory.List("Only these processes, such as 1234 or 1234,5678.", "PIDS", text => FilterText.ParseNumber(text, 1), "-p", "--pid");
    private readonly Option<uint[]> uids = OptionFactory.List("Only these users, by their numbers on the recorded host, such as 1000 or 0,1000; root is 0.", "UIDS", FilterText.ParseRecordedUser, "-u", "--uid");
    private readonly Option<uint[]> netns = OptionFactory.List("Only these network namespaces, by their inode numbers.", "NUMBERS", text => FilterText.ParseNumber(text, 1), "-N", "--netns").Offering(NamesOfCaptures.NetworkNamespaces.Listed());
    private readonly Option<bool> ipv4 = OptionFactory.Flag("Only IPv4 sockets.", "-4", "--ipv4");
    private readonly Option<bool> ipv6 = OptionFactory.Flag("Only IPv6 sockets.", "-6", "--ipv6");

    /// <summary>All of them, as the help lists them.</summary>
    internal IReadOnlyList<Option> All => [pids, uids, netns, ipv4, ipv6];

    internal void AddTo(Command command)
    {
        OptionGroups.Put(OptionGroups.Filters, [.. All]);
        foreach (var option in All)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(ipv4) && result.ValueIfRight(ipv6))
            {
                result.AddError("-4 and -6 exclude each other; without either, both are meant");
            }
        });
    }

    internal bool IsOneNetns(ParseResult parsed) => parsed.GetValue(netns)!.Length == 1;

    /// <summary>The filters as they act on events.</summary>
    internal EventFilter ToEventFilter(ParseResult parsed) => new()
    {
        Pids = [.. parsed.GetValue(pids)!],
        Uids = [.. parsed.GetValue(uids)!],
        NetworkNamespaces = [.. parsed.GetValue(netns)!],
        IpVersion = IpVersion(parsed),
    };

    private int? IpVersion(ParseResult parsed) => parsed.GetValue(ipv4) ? 4 : parsed.GetValue(ipv6) ? 6 : null;
}
