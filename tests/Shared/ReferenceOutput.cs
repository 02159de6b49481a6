using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using TraceCap.Format.Events;

namespace TraceCap.Tests;

/// <summary>A row that tcptracer printed (Latin-1, so that a char is a byte; without its last newline), and the event
/// that it tells of: what the tool does not print is 0.</summary>
internal sealed record ReferenceRow(TcpEvent Event, string Text);

/// <summary>
/// What a real tcptracer printed, of bcc or of libbpf-tools. Times count from <see cref="Start"/>; without a time
/// column all are equal. Names are as long as the tool prints them; a byte that the tool shows as U+FFFD is 0xff.
/// </summary>
internal sealed partial class ReferenceOutput
{
    /// <summary>The timestamp of the first printed event; late ones come before it.</summary>
    public const ulong Start = 3_600_000_000_000;

    private ReferenceOutput(string header, ReferenceRow[] rows) => (Header, Rows) = (header, rows);

    /// <summary>All lines before the first row.</summary>
    public string Header { get; }

    /// <summary>In the order of the output.</summary>
    public IReadOnlyList<ReferenceRow> Rows { get; }

    /// <summary>In the order of time; rows of the same time in the order of the output.</summary>
    public IEnumerable<ReferenceRow> RowsByTime => Rows.OrderBy(row => row.Event.Timestamp);

    public static ReferenceOutput Read(string path) => Parse(File.ReadAllText(path, Encoding.Latin1));

    public static ReferenceOutput Parse(string output)
    {
        var header = HeaderPattern().Match(output).Value;
        var rows = new List<ReferenceRow>();
        var text = "";
        // A name may hold newlines: a row ends where a line ends like one.
        foreach (var line in output[header.Length..].Split('\n')[..^1])
        {
            text += line;
            if (RowPattern().Match(text) is { Success: true } row)
            {
                rows.Add(new ReferenceRow(ToEvent(row, header.Contains("TIME(ns)", StringComparison.Ordinal)), text));
                text = "";
            }
            else
            {
                text += '\n';
            }
        }

        return text == "" ? new(header, [.. rows]) : throw new FormatException($"not a row of tcptracer: {text}");
    }

    private static TcpEvent ToEvent(Match row, bool nanoseconds)
    {
        var time = row.Groups["time"];
        var elapsed = time.Success
            ? decimal.Parse(time.ValueSpan, CultureInfo.InvariantCulture) * (nanoseconds ? 1 : 1_000_000_000)
            : 0;
        var pid = row.Groups["pid"].ValueSpan;
        var name = row.Groups["name"].Value[(Math.Max(6 - pid.Length, 0) + 1)..].TrimEnd(' ')
            .Replace("\u00ef\u00bf\u00bd", "\u00ff", StringComparison.Ordinal);
        return new TcpEvent
        {
            Timestamp = (ulong)((long)Start + (long)elapsed),
            Type = row.Groups["type"].Value switch
            {
                "connect" => TcpEventType.Connect,
                "accept" => TcpEventType.Accept,
                "close" => TcpEventType.Close,
                var letter => (TcpEventType)letter[0],
            },
            Pid = uint.Parse(pid, CultureInfo.InvariantCulture),
            Comm = new ThreadName(Encoding.Latin1.GetBytes(name)),
            IpVersion = byte.Parse(row.Groups["ip"].ValueSpan, CultureInfo.InvariantCulture),
            LocalAddress = new Address(IPAddress.Parse(row.Groups["local"].Value.Trim('[', ']'))),
            PeerAddress = new Address(IPAddress.Parse(row.Groups["peer"].Value.Trim('[', ']'))),
            LocalPort = ushort.Parse(row.Groups["sport"].ValueSpan, CultureInfo.InvariantCulture),
            PeerPort = ushort.Parse(row.Groups["dport"].ValueSpan, CultureInfo.InvariantCulture),
            Netns = row.Groups["netns"] is { Success: true } netns
                ? uint.Parse(netns.ValueSpan, CultureInfo.InvariantCulture)
                : 0,
        };
    }

    [GeneratedRegex(@"^(Tracing[^\n]*\n)?[^\n]*\n")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex(@"^((?<time>-?[\d.]+) *)?(?<type>connect|accept|close|[CAX]) +(?<pid>\d+)(?<name> .*)"
        + @" (?<ip>[46])  (?<local>\S+) +(?<peer>\S+) +(?<sport>\d+) +(?<dport>\d+)( +(?<netns>\d+))? *$",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex RowPattern();
}
