using System.CommandLine;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap replay</c></summary>
internal static class ReplayCommand
{
    internal static Command Create()
    {
        var files = OptionFactory.CaptureFiles("Captures, one after another; - is standard input.");
        var filters = new FileFilterOptions();
        var show = new ShowOptions(filters.Zone);
        var follow = new FollowOption();
        var count = OptionFactory.Count("Show at most so many events, the first.", "COUNT", "-n", "--count", "--limit");
        var result = new ResultOptions();
        var command = new Command("replay", "Prints a capture as tcptracer would have printed it, in true time order.") { files };
        show.AddTo(command);
        command.Add(count);
        result.AddTo(command);
        filters.AddTo(command);
        follow.AddTo(command);
        command.Does(parsed =>
        {
            using var output = result.Open(parsed, parsed.GetValue(files)!);
            using var following = follow.Start(parsed);
            var paths = parsed.GetValue(files)!;
            var filter = filters.ToFilter(parsed, paths);
            filter = filter with { Events = show.Limit(parsed, filter.Events, filters.Types(parsed)) };
            var exporter = show.Exporter(parsed, filters.IsOneNetns(parsed), result.Path(parsed), output);
            using var pipeline = new EventPipeline(exporter, filter, parsed.GetValue(count) ?? ulong.MaxValue, Version.Tool);
            var code = Run(paths, pipeline, filter, following);
            if (pipeline is { HasGiven: false, OfOtherTypes: > 0 } && !show.IsAll(parsed))
            {
                Messages.Advise($"{CountText.Of(pipeline.OfOtherTypes, "event")}, of which none is to be shown; {EventTypes.Describe(EventTypes.All.Where(type => !type.IsTcptracer))} are shown with --all.");
            }

            pipeline.Dispose();
            output.Finish();
            return code;
        });
        return command;
    }

    private static ExitCode Run(string[] paths, EventPipeline pipeline, CaptureFilter filter, Following? following)
    {
        var asked = new AskedTime(filter);
        var code = CaptureFile.ForEach(paths, file =>
        {
            var reader = file.OpenReader(filter.Time);
            asked.Watch(reader);
            var events = new EventStream(reader);
            file.Read(() => pipeline.Run(
                events,
                lost => Messages.Warn($"{file.Name}: events lost here, before byte {reader.Offset + reader.Length}: {LossText.Describe(lost)}"),
                reader.Threads));
            var state = file.Report(reader);
            return events.Order.GivenLate == 0 ? state : ReportLate(file, events.Order);
        }, printsRows: true, following);
        asked.Tell();
        return code;
    }

    private static ExitCode ReportLate(CaptureFile file, EventOrder order)
    {
        if (order.BrokenWatermarks > 0)
        {
            Messages.Warn(FormattableString.Invariant(
                $"{file.Name}: {order.BrokenWatermarks:N0} events came later than their capture promised; they are not in order"));
        }

        if (order.GivenLate > order.BrokenWatermarks)
        {
            Messages.Warn(FormattableString.Invariant(
                $"{file.Name}: {order.GivenLate - order.BrokenWatermarks:N0} events came so late that they are not in order; their capture promised nothing"));
        }

        return ExitCode.Damaged;
    }
}
