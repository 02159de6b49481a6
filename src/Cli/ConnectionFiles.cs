using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Format;

namespace TraceCap.Cli;

/// <summary>The captures that a command reads as connections: what those commands share.</summary>
internal sealed class ConnectionFiles
{
    private readonly Argument<string[]> files = Options.CaptureFiles("Captures, those of one host in the order of time; - is standard input.");

    private readonly FileFilterOptions filters = new();
    private readonly Option<IReadOnlyList<ushort>?> localPorts = Options.Ports("Only these ports of the recorded host.", "-L", "--local-port");
    private readonly Option<IReadOnlyList<ushort>?> peerPorts = Options.Ports("Only these ports of the other end.", "-D", "--peer-port");

    internal void AddTo(Command command)
    {
        command.Add(files);
        filters.AddTo(command);
        command.Add(localPorts);
        command.Add(peerPorts);
    }

    /// <summary>The files as they are named on the command line.</summary>
    internal string[] Names(ParseResult parsed) => parsed.GetValue(files)!;

    internal ConnectionFilter Filter(ParseResult parsed) => new()
    {
        Opening = filters.ToFilter(parsed),
        LocalPorts = [.. parsed.GetValue(localPorts) ?? []],
        PeerPorts = [.. parsed.GetValue(peerPorts) ?? []],
    };

    /// <summary>Which connections were asked for, as it could be asked for again; empty for all.</summary>
    internal string Describe(ParseResult parsed) => Options.Describe(parsed, [.. filters.All, localPorts, peerPorts]);

    /// <summary>Reads all files, one after another, and hands on their connections.</summary>
    internal ExitCode Read(ParseResult parsed, ConnectionFeed feed)
    {
        var code = CaptureFile.ForEach(Names(parsed), file =>
        {
            var reader = CaptureReader.Open(file.Stream);
            file.Read(() => feed.Read(new EventStream(reader)));
            return file.Report(reader.Damage, reader.CutShort);
        }, printsRows: true);
        feed.End();
        return code;
    }
}
