using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Options;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap lifetimes</c></summary>
internal static class LifetimesCommand
{
    internal static Command Create()
    {
        var files = new ConnectionFiles();
        var clock = new ClockOptions("at which the connection ended", files.Zone);
        var timestamps = OptionFactory.Flag("Show the time since the first row, in seconds.", "-t", "--timestamp");
        var wide = OptionFactory.Flag("Wide columns, which fit IPv6 addresses.", "-w", "--wide");
        var csv = OptionFactory.Flag("Comma-separated values.", "-s", "--csv");
        var raw = OptionFactory.Flag("Print thread names as they are, control characters included.", "--raw");
        var json = OptionFactory.Flag("One JSON object a line, with all that is known.", "--json");
        var format = new FormatOption(ExportKinds.Connections, names => new ExportOptions { ConnectionFields = ConnectionFields.Set.Parse(names) });
        var result = new ResultOptions();
        var sort = OptionFactory.Explained(
            $"Order: amounts the greatest first, all else the earliest or least; a dash before it turns it round; ended if not given. Expected: {ConnectionOrders.Expected}.",
            "FIELD",
            // The order in which they are read.
            text => new SortKey(text == "ended" ? null : ConnectionOrders.Parse(text), ConnectionOrders.Parse(text, isReversed: true)),
            "--sort").Offering(Vocabulary.ConnectionOrder);
        var reverse = OptionFactory.Flag("The other way round.", "--reverse");
        var least = OptionFactory.Duration("Only lifetimes of at least so long.", "TIME", "--min");
        var limit = OptionFactory.Count("At most so many rows.", "COUNT", "--limit", "-n");
        var command = new Command("lifetimes", "Prints connections with their lifetimes and bytes as bcc's tcplife does, each with the process that owned it.");
        OptionGroups.Put(OptionGroups.Time, timestamps);
        OptionGroups.Put(OptionGroups.Filters, least);
        OptionGroups.Put(OptionGroups.Output, wide, csv, raw, json, format.Format, format.Fields, sort, reverse, limit);
        clock.AddTo(command);
        foreach (var option in new Option[] { timestamps, wide, csv, raw, json, format.Format, format.Fields, sort, reverse, least, limit })
        {
            command.Add(option);
        }

        result.AddTo(command);
        files.AddTo(command);
        var follow = new FollowOption();
        follow.AddTo(command);
        follow.Excludes(command, sort, "there is an order once all have ended");
        follow.Excludes(command, reverse, "there is an order once all have ended");
        command.Validators.Add(given =>
        {
            var named = new (Option Option, string Name)[] { (csv, "--csv"), (json, "--json"), (format.Format, "--format") }
                .Where(each => given.IsGiven(each.Option)).Select(each => each.Name).ToList();
            if (named.Count > 1)
            {
                given.AddError($"{string.Join(" and ", named)} exclude each other");
            }
        });
        command.Does(parsed =>
        {
            using var output = result.Open(parsed, files.Names(parsed));
            var options = new LifetimeOptions
            {
                Clock = clock.Style(parsed),
                Timestamps = parsed.GetValue(timestamps),
                Wide = parsed.GetValue(wide),
                Raw = parsed.GetValue(raw),
                Width = output.Width,
            };
            var usual = parsed.GetValue(json) ? "ndjson" : parsed.GetValue(csv) ? "csv" : null;
            var most = parsed.GetValue(limit) ?? ulong.MaxValue;
            using var pipeline = new ConnectionPipeline(
                format.Create(parsed, usual, "tcplife", result.Path(parsed), new ExportOptions { Lifetimes = options }, output), most, Version.Tool);
            var order = parsed.GetValue(sort) is { } key ? parsed.GetValue(reverse) ? key.Reverse : key.Order
                : parsed.GetValue(reverse) ? ConnectionOrders.Parse("ended", isReversed: true) : null;
            var sorted = order is null ? null : new ConnectionSort(order, most, pipeline);
            using var following = follow.Start(parsed);
            var filter = files.Filter(parsed) with { MinLifetime = (ulong)(parsed.GetValue(least)?.Ticks ?? 0) * 100 };
            var code = files.Read(parsed, new ConnectionFeed((IConnectionSink?)sorted ?? pipeline, filter), printsRows: sorted is null && result.Path(parsed) is null, following);
            sorted?.End();
            pipeline.End();
            output.Finish();
            return code;
        });
        return command;
    }

    /// <summary>An order, and the other way round; null for that in which connections end.</summary>
    private sealed record SortKey(ConnectionComparison? Order, ConnectionComparison Reverse);
}
