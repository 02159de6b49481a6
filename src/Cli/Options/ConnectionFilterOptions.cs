using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;

namespace TraceCap.Cli.Options;

/// <summary>Which connections: the options that all commands share that read captures as connections.</summary>
internal sealed class ConnectionFilterOptions
{
    private readonly FileFilterOptions filters = new(areOfEvents: false);
    private readonly Option<ushort[]> localPorts = OptionFactory.Ports("Only these ports of the recorded host", "-L", "--local-port");
    private readonly Option<ushort[]> peerPorts = OptionFactory.Ports("Only these ports of the peer", "-D", "--peer-port");

    private readonly Option<ConnectionCondition?> where = OptionFactory.Condition(
        "Only connections of which this holds, such as 'service == 10.0.0.2:5432 and (ending == failed or lifetime < 1ms)'; tracecap fields lists the fields.",
        text => ConnectionCondition.Parse(text)).Offering(ExpressionWords.Connections);

    /// <summary>Where times are meant that tell no time zone.</summary>
    internal ZoneOption Zone => filters.Zone;

    internal void AddTo(Command command)
    {
        filters.AddTo(command);
        OptionGroups.Put(OptionGroups.Filters, localPorts, peerPorts, where);
        command.Add(localPorts);
        command.Add(peerPorts);
        command.Add(where);
    }

    /// <inheritdoc cref="FileFilterOptions.ToFilter" />
    internal ConnectionFilter ToFilter(ParseResult parsed, params string[] captures)
    {
        var filter = new ConnectionFilter
        {
            Opening = filters.ToFilter(parsed),
            LocalPorts = [.. parsed.GetValue(localPorts)!],
            PeerPorts = [.. parsed.GetValue(peerPorts)!],
            Where = parsed.GetValue(where),
        }.In(filters.ZoneOf(parsed));
        return filter.NeedsEnd && CaptureFile.EndOf(captures) is { } end ? filter.EndingAt(end) : filter;
    }

    /// <summary>Which connections were asked for, as it could be asked for again; empty for all.</summary>
    internal string Describe(ParseResult parsed) => OptionFactory.Describe(parsed, [.. filters.All, localPorts, peerPorts, where]);

    /// <summary>The same without <c>--from</c> and <c>--to</c>.</summary>
    internal string DescribeButTimes(ParseResult parsed) => OptionFactory.Describe(parsed, [.. filters.All.Except(filters.Times), localPorts, peerPorts, where]);

    /// <summary>These two.</summary>
    internal string DescribeTimes(ParseResult parsed) => OptionFactory.Describe(parsed, [.. filters.Times]);
}
