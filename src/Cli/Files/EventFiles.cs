using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Files;

/// <summary>The captures that a command reads as events: what those commands share.</summary>
internal static class EventFiles
{
    /// <summary>Reads all files, one after another, and hands on their events: those of a file that is named again once, as what counts connections
    /// does. Nobody compares events of different files here.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="pipeline">Gets them.</param>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="printsRows">Whether rows are printed meanwhile, see <see cref="CaptureFile.Open"/>.</param>
    /// <param name="following">Goes on while they are written; null: nobody does.</param>
    /// <param name="opened">Is called with each file before it is read.</param>
    /// <param name="lost">Is told of lost events as well.</param>
    internal static ExitCode Read(
        string[] paths,
        EventPipeline pipeline,
        CaptureFilter filter,
        bool printsRows,
        Following? following = null,
        Action<CaptureFile, CaptureReader>? opened = null,
        Action<LossCounters>? lost = null)
    {
        var asked = new AskedTime(filter);
        var code = CaptureFile.ForEach(Once(paths, isFollowed: following is not null), file =>
        {
            var reader = file.OpenReader(filter.Time, leavesOut: true);
            reader.Wanted = pipeline.Wanted;
            asked.Watch(reader);
            opened?.Invoke(file, reader);
            var events = new EventStream(reader);
            file.Read(() => pipeline.Run(
                events,
                some =>
                {
                    Messages.Fail($"{file.Name}: events lost here, before byte {reader.Offset + reader.Length}: {LossText.Describe(some)}");
                    lost?.Invoke(some);
                },
                reader.Threads));
            var state = file.Report(reader);
            return events.Order.GivenLate == 0 ? state : ReportLate(file, events.Order);
        }, printsRows, following);
        asked.Tell();
        return code;
    }

    /// <summary>Each file once, in the place where it is named first; the one that is followed is the last.</summary>
    private static string[] Once(string[] paths, bool isFollowed)
    {
        var last = isFollowed ? FileIdentity.Of(paths[^1]) : null;
        var seen = new HashSet<string>();
        return [.. paths.Where((path, at) =>
        {
            var isWanted = path == CaptureName.Pipe || FileIdentity.KindOf(path) != FileKind.Regular || FileIdentity.Of(path) is not { } file
                || (file == last ? at == paths.Length - 1 : seen.Add(file));
            if (!isWanted)
            {
                Messages.Warn($"{path} is named more than once, and read once");
            }

            return isWanted;
        })];
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
