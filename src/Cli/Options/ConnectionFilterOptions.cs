using System.CommandLine;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Cli.Options;

/// <summary>Which connections: the options that all commands share that read captures as connections.</summary>
internal sealed class ConnectionFilterOptions
{
    private readonly FileFilterOptions filters = new();
    private readonly Option<IReadOnlyList<ushort>?> localPorts = OptionFactory.Ports("Only these ports of the recorded host.", "-L", "--local-port");
    private readonly Option<IReadOnlyList<ushort>?> peerPorts = OptionFactory.Ports("Only these ports of the peer.", "-D", "--peer-port");

    internal void AddTo(Command command)
    {
        filters.AddTo(command);
        command.Add(localPorts);
        command.Add(peerPorts);
    }

    internal ConnectionFilter ToFilter(ParseResult parsed) => new()
    {
        Opening = filters.ToFilter(parsed),
        LocalPorts = [.. parsed.GetValue(localPorts) ?? []],
        PeerPorts = [.. parsed.GetValue(peerPorts) ?? []],
    };

    /// <summary>Which connections were asked for, as it could be asked for again; empty for all.</summary>
    internal string Describe(ParseResult parsed) => OptionFactory.Describe(parsed, [.. filters.All, localPorts, peerPorts]);

    /// <summary>The same without <c>--from</c> and <c>--to</c>.</summary>
    internal string DescribeButTimes(ParseResult parsed) => OptionFactory.Describe(parsed, [.. filters.All.Except(filters.Times), localPorts, peerPorts]);

    /// <summary>These two.</summary>
    internal string DescribeTimes(ParseResult parsed) => OptionFactory.Describe(parsed, [.. filters.Times]);
}
