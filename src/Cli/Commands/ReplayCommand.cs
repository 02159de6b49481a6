using System.CommandLine;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap replay</c></summary>
internal static class ReplayCommand
{
    internal static Command Create()
    {
        var files = OptionFactory.CaptureFiles("Captures, one after another; - is standard input.");
        var show = new ShowOptions();
        var filters = new FileFilterOptions();
        var follow = new FollowOption();
        var command = new Command("replay", "Prints a capture as tcptracer would have printed it, in true time order.") { files };
        show.AddTo(command);
        filters.AddTo(command);
        follow.AddTo(command);
        command.Does(parsed =>
        {
            using var output = StandardOutput.Open();
            using var following = follow.Start(parsed);
            var paths = parsed.GetValue(files)!;
            var filter = filters.ToFilter(parsed, paths);
            return Run(
                paths,
                show.Exporter(parsed, filters.IsOneNetns(parsed), output),
                filter with { Events = show.Limit(parsed, filter.Events, filters.Types(parsed)) },
                following);
        });
        return command;
    }

    private static ExitCode Run(string[] paths, IExporter exporter, CaptureFilter filter, Following? following)
    {
        using var pipeline = new EventPipeline(exporter, filter, tool: Version.Tool);
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
