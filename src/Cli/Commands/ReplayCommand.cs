using System.CommandLine;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Events;

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
            var code = EventFiles.Read(paths, pipeline, filter, printsRows: result.Path(parsed) is null, following);
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
}
