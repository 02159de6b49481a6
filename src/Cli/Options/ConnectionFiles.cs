using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Options;

/// <summary>The captures that a command reads as connections: what those commands share.</summary>
internal sealed class ConnectionFiles
{
    private readonly Argument<string[]> files = OptionFactory.CaptureFiles("Captures, those of one host in the order of time; - is standard input.");

    private readonly ConnectionFilterOptions filters = new();

    /// <summary>Where times are meant that tell no time zone.</summary>
    internal ZoneOption Zone => filters.Zone;

    internal void AddTo(Command command)
    {
        command.Add(files);
        filters.AddTo(command);
    }

    /// <summary>The files as they are named on the command line.</summary>
    internal string[] Names(ParseResult parsed) => parsed.GetValue(files)!;

    internal ConnectionFilter Filter(ParseResult parsed) => filters.ToFilter(parsed, Names(parsed));

    /// <summary>What reads connections and has a sink take them on a thread beside, where there are several processors.</summary>
    internal ConnectionFeed Feed(ParseResult parsed, IConnectionSink sink) => new(SinkAside.Of(sink), Filter(parsed));

    /// <summary>Which connections were asked for, as it could be asked for again; empty for all.</summary>
    internal string Describe(ParseResult parsed) => filters.Describe(parsed);

    /// <summary>The command line that shows the rows of a finding.</summary>
    internal FindingCommand RowsOf(ParseResult parsed) =>
        new(string.Join(' ', Names(parsed).Select(ShellText.Quote)), filters.DescribeButTimes(parsed), filters.DescribeTimes(parsed));

    /// <summary>Reads all files, one after another, and hands on their connections.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="feed">Gets them.</param>
    /// <param name="printsRows">Whether rows are printed meanwhile, see <see cref="CaptureFile.Open"/>.</param>
    /// <param name="following">Goes on while they are written; null: nobody does.</param>
    /// <param name="read">Is called after each block that was read.</param>
    internal ExitCode Read(ParseResult parsed, ConnectionFeed feed, bool printsRows = false, Following? following = null, Action? read = null) =>
        Read(Names(parsed), feed, printsRows, following, read);

    /// <inheritdoc cref="Read(ParseResult, ConnectionFeed, bool, Following?, Action?)" />
    /// <param name="paths">The files.</param>
    /// <param name="feed">Gets them.</param>
    /// <param name="printsRows">Whether rows are printed meanwhile, see <see cref="CaptureFile.Open"/>.</param>
    /// <param name="following">Goes on while they are written; null: nobody does.</param>
    /// <param name="read">Is called after each block that was read.</param>
    /// <param name="opened">Is called with each file before it is read.</param>
    internal static ExitCode Read(
        string[] paths,
        ConnectionFeed feed,
        bool printsRows = false,
        Following? following = null,
        Action? read = null,
        Action<CaptureFile, CaptureReader>? opened = null)
    {
        // What is being written may not be there yet.
        var starts = Array.ConvertAll(paths, path => following is null || path != paths[^1] ? StartsOf(path) : null);
        var order = CaptureStarts.Order(starts);
        var asked = new AskedTime(feed.Opening);
        var code = CaptureFile.ForEach([.. order.Select(at => paths[at])], file =>
        {
            feed.Ahead = [.. order.SkipWhile(at => CaptureName.OfInput(paths[at]) != file.Name).Select(at => starts[at])];
            var reader = file.OpenReader();
            asked.Watch(reader);
            opened?.Invoke(file, reader);
            var (repeated, overlapping) = (feed.Repeated, feed.Overlapping);
            file.Read(() =>
            {
                foreach (var _ in feed.Blocks(new EventStream(reader)))
                {
                    read?.Invoke();
                }
            });
            Tell(file.Name, feed.Repeated - repeated, "were in a capture read before, and count once");
            Tell(file.Name, feed.Overlapping - overlapping, "are of a time that another recorder has recorded as well, and count again; merge such captures first");
            return file.Report(reader);
        }, printsRows, following);
        feed.End();
        asked.Tell();
        if (feed.ClosesLeftOut > 0)
        {
            Messages.Warn(FormattableString.Invariant(
                $"{feed.ClosesLeftOut:N0} closes of sockets that were never connected are left out: more had failed to connect at once than are remembered"));
        }

        return code;
    }

    /// <summary>Reads what is in the files by now, as if nothing followed. Says nothing of what is wrong with them.</summary>
    /// <returns>Whether there is anything.</returns>
    internal static bool TryReadNow(IEnumerable<string> paths, ConnectionFeed feed)
    {
        try
        {
            foreach (var path in paths)
            {
                using var file = CaptureFile.Open(path, printsRows: true);
                file.Read(() => feed.Read(new EventStream(file.OpenReader())));
            }

            feed.End();
            return feed.Recordings.Count > 0;
        }
        catch (CommandException)
        {
            return false;
        }
    }

    private static void Tell(string name, long events, string what)
    {
        if (events > 0)
        {
            Messages.Warn(FormattableString.Invariant($"{name}: {events:N0} events {what}"));
        }
    }

    /// <summary>When a capture begins; null if it can be read once only, or cannot be read.</summary>
    private static CaptureStarts? StartsOf(string path)
    {
        if (path == CaptureName.Pipe || FileIdentity.KindOf(path) != FileKind.Regular)
        {
            return null;
        }

        try
        {
            using var file = FileContent.Open(path, printsRows: true);
            return CaptureStarts.Of(file);
        }
        catch (Exception error) when (error is IOException or CommandException)
        {
            // The one that reads it says so.
            return null;
        }
    }
}
