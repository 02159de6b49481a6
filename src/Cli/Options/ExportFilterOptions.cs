using System.CommandLine;
using System.CommandLine.Parsing;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;

namespace TraceCap.Cli.Options;

/// <summary>Which events, or which connections, of a command that can give either: the filters of <c>replay</c> and of <c>lifetimes</c>.</summary>
/// <param name="areOfConnections">Whether connections are asked for.</param>
internal sealed class ExportFilterOptions(Func<CommandResult, bool> areOfConnections)
{
    private readonly FileFilterOptions filters = new(areOfEvents: false, isToTaken: true);
    private readonly Option<ushort[]> localPorts = OptionFactory.Ports("Of connections: only these ports of the recorded host", "-L", "--local-port");
    private readonly Option<ushort[]> peerPorts = OptionFactory.Ports("Of connections: only these ports of the peer", "-D", "--peer-port");
    private readonly Option<TimeSpan?> least = OptionFactory.Duration("Of connections: only lifetimes of at least so long.", "TIME", "--min");
    private readonly Option<string?> where = OptionFactory.Text(
        "Only events, or connections, of which this holds, such as 'peer in 10.0.0.0/8 and not process == curl'; tracecap fields lists the fields.", "EXPR", "--where").Offering(ExpressionWords.Connections);

    internal void AddTo(Command command)
    {
        filters.AddTo(command);
        OptionGroups.Put(OptionGroups.Filters, localPorts, peerPorts, least, where);
        foreach (var option in new Option[] { localPorts, peerPorts, least, where })
        {
            command.Add(option);
        }

        command.Validators.Add(given =>
        {
            var areConnections = areOfConnections(given);
            foreach (var option in new Option[] { localPorts, peerPorts, least }.Where(option => !areConnections && given.IsGiven(option)))
            {
                given.AddError($"{option.Name} is for connections; expected --connections beside it");
            }

            if (given.ValueIfRight(where) is { } text)
            {
                Explain(given, "--where", () => _ = areConnections ? (object)ConnectionCondition.Parse(text) : EventCondition.Parse(text));
            }
        });
    }

    /// <summary>Which events.</summary>
    /// <inheritdoc cref="FileFilterOptions.ToFilter" />
    internal CaptureFilter Events(ParseResult parsed, params string[] captures)
    {
        var filter = filters.ToFilter(parsed, captures);
        if (parsed.GetValue(where) is not { } text)
        {
            return filter;
        }

        filter = (filter with { Events = filter.Events with { Where = EventCondition.Parse(text) } }).In(filters.ZoneOf(parsed));
        return filter.NeedsEnd && CaptureFile.EndOf(captures) is { } end ? filter.EndingAt(end) : filter;
    }

    /// <summary>Which connections.</summary>
    /// <inheritdoc cref="FileFilterOptions.ToFilter" />
    internal ConnectionFilter Connections(ParseResult parsed, params string[] captures)
    {
        var filter = new ConnectionFilter
        {
            Opening = filters.ToFilter(parsed),
            LocalPorts = [.. parsed.GetValue(localPorts)!],
            PeerPorts = [.. parsed.GetValue(peerPorts)!],
            MinLifetime = (ulong)(parsed.GetValue(least)?.Ticks ?? 0) * 100,
            Where = parsed.GetValue(where) is { } text ? ConnectionCondition.Parse(text) : null,
        }.In(filters.ZoneOf(parsed));
        return filter.NeedsEnd && CaptureFile.EndOf(captures) is { } end ? filter.EndingAt(end) : filter;
    }

    /// <summary>Says what is wrong with a value that can be read only once it is known what it is of.</summary>
    internal static void Explain(CommandResult given, string option, Action read)
    {
        try
        {
            read();
        }
        catch (FormatException error)
        {
            given.AddError($"{option}: {error.Message}");
        }
    }
}
