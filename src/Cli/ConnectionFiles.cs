using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Format;

namespace TraceCap.Cli;

/// <summary>The captures that a command reads as connections: what those commands share.</summary>
internal sealed class ConnectionFiles
{
    private readonly Argument<string[]> files = Options.CaptureFiles("Captures, those of one host in the order of time; - is standard input.");

    private readonly ConnectionFilterOptions filters = new();

    internal void AddTo(Command command)
    {
        command.Add(files);
        filters.AddTo(command);
    }

    /// <summary>The files as they are named on the command line.</summary>
    internal string[] Names(ParseResult parsed) => parsed.GetValue(files)!;

    internal ConnectionFilter Filter(ParseResult parsed) => filters.ToFilter(parsed);

    /// <summary>Which connections were asked for, as it could be asked for again; empty for all.</summary>
    internal string Describe(ParseResult parsed) => filters.Describe(parsed);

    /// <summary>Reads all files, one after another, and hands on their connections.</summary>
    internal ExitCode Read(ParseResult parsed, ConnectionFeed feed) => Read(Names(parsed), feed);

    /// <inheritdoc cref="Read(ParseResult, ConnectionFeed)" />
    internal static ExitCode Read(string[] paths, ConnectionFeed feed)
    {
        var code = CaptureFile.ForEach(paths, file =>
        {
            var reader = CaptureReader.Open(file.Stream);
            file.Read(() => feed.Read(new EventStream(reader)));
            return file.Report(reader);
        }, printsRows: true);
        feed.End();
        return code;
    }
}
