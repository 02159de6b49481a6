using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap lifetimes</c></summary>
internal static class LifetimesCommand
{
    private static readonly Dictionary<string, ConnectionOrder> orders = new()
    {
        ["ended"] = ConnectionOrder.Ended,
        ["opened"] = ConnectionOrder.Opened,
        ["lifetime"] = ConnectionOrder.Lifetime,
        ["tx"] = ConnectionOrder.Sent,
        ["rx"] = ConnectionOrder.Received,
        ["retransmits"] = ConnectionOrder.Retransmits,
        ["rtt"] = ConnectionOrder.Rtt,
        ["connect"] = ConnectionOrder.Connect,
    };

    internal static Command Create()
    {
        var files = new ConnectionFiles();
        var timeOfDay = OptionFactory.Flag("Show the time of day at which the connection ended, in UTC.", "-T", "--time");
        var timestamps = OptionFactory.Flag("Show the time since the first row, in seconds.", "-t", "--timestamp");
        var wide = OptionFactory.Flag("Wide columns, which fit IPv6 addresses.", "-w", "--wide");
        var csv = OptionFactory.Flag("Comma-separated values.", "-s", "--csv");
        var raw = OptionFactory.Flag("Print thread names as they are, control characters included.", "--raw");
        var json = OptionFactory.Flag("One JSON object a line, with all that is known.", "--json");
        var format = new FormatOption(ExportKinds.Connections);
        var sort = OptionFactory.Word("Order: times earliest first, amounts greatest first; ended if not given.", "KEY", orders, "--sort");
        var least = OptionFactory.Duration("Only lifetimes of at least so long.", "TIME", "--min");
        var limit = OptionFactory.Count("At most so many rows.", "COUNT", "--limit");
        var command = new Command("lifetimes", "Prints connections with their lifetimes and bytes as bcc's tcplife does, each with the process that owned it.")
        {
            timeOfDay, timestamps, wide, csv, raw, json, format.Option, sort, least, limit,
        };
        files.AddTo(command);
        var follow = new FollowOption();
        follow.AddTo(command);
        follow.Excludes(command, sort, "there is an order once all have ended");
        command.Validators.Add(result =>
        {
            var named = new (Option Option, string Name)[] { (csv, "--csv"), (json, "--json"), (format.Option, "--format") }
                .Where(each => result.IsGiven(each.Option)).Select(each => each.Name).ToList();
            if (named.Count > 1)
            {
                result.AddError($"{string.Join(" and ", named)} exclude each other");
            }
        });
        command.Does(parsed =>
        {
            using var output = StandardOutput.Open();
            var options = new LifetimeOptions
            {
                TimeOfDay = parsed.GetValue(timeOfDay),
                Timestamps = parsed.GetValue(timestamps),
                Wide = parsed.GetValue(wide),
                Raw = parsed.GetValue(raw),
                Width = StandardOutput.Columns,
            };
            var usual = parsed.GetValue(json) ? "json" : parsed.GetValue(csv) ? "csv" : "tcplife";
            var most = parsed.GetValue(limit) ?? ulong.MaxValue;
            using var pipeline = new ConnectionPipeline(
                format.Create(parsed, usual, new ExportOptions { Lifetimes = options }, output), most, Version.Tool);
            var order = parsed.GetValue(sort);
            var sorted = order == ConnectionOrder.Ended ? null : new ConnectionSort(order, most, pipeline);
            using var following = follow.Start(parsed);
            var filter = files.Filter(parsed) with { MinLifetime = (ulong)(parsed.GetValue(least)?.Ticks ?? 0) * 100 };
            var code = files.Read(parsed, new ConnectionFeed((IConnectionSink?)sorted ?? pipeline, filter), printsRows: sorted is null, following);
            sorted?.End();
            pipeline.End();
            return code;
        });
        return command;
    }
}
