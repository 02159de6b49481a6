using System.Buffers;
using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>
/// Prints events as tcptracer does, byte for byte as the tools of bcc 0.26 print them, in the order they are given.
/// Three things differ, and only where the tools mislead:
/// <list type="bullet">
/// <item>unless <see cref="TableOptions.Raw"/>, control characters in thread names are escaped (<c>\n</c>,
/// <c>\x1b</c>, <c>\u202e</c>), a backslash is doubled, and in the libbpf table so are bytes that are not UTF-8
/// (<c>\xff</c>): the tools let a process print rows that never happened;</item>
/// <item>an event from before the first printed one has a negative time in both tables; the libbpf tool prints some
/// 18446744073709 seconds;</item>
/// <item>connects that failed (F, <c>failed</c>) and connections from before the recording (O, <c>open</c>) have rows
/// of the same form; the tools have no such events.</item>
/// </list>
/// </summary>
public sealed class TcptracerTable(TableOptions options)
{
    // All columns at their longest: a time, 20; names of 16 bytes, 4 for each; two addresses in brackets; seven numbers.
    private const int MaxRow = 320 + TextCursor.Slack;

    /// <summary>Where the time column counts from, CLOCK_MONOTONIC ns. The first row sets it, as in the tools; tables
    /// that print parts of one capture are given the same.</summary>
    public ulong? Start { get; set; }

    /// <summary>Writes what the tool prints before the first event.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
        if (options.Style == TableStyle.Libbpf)
        {
            output.Write(options.Timestamps ? "TIME(s)  "u8 : []);
            output.Write(options.Uid ? "UID   "u8 : []);
            output.Write("T PID    COMM         IP SADDR            DADDR            SPORT DPORT\n"u8);
            return;
        }

        output.Write("Tracing TCP established connections. Ctrl-C to end.\n"u8);
        if (options.Timestamps)
            output.Write(options.Verbose ? "TIME(ns)      "u8 : "TIME(s)  "u8);
        output.Write(options.Uid ? "UID    "u8 : []);
        output.Write(options.Verbose ? "TYPE         "u8 : "T  "u8);
        output.Write("PID    COMM             IP SADDR            DADDR            SPORT  DPORT "u8);
        if (options.Verbose)
            output.Write(options.HideNetns ? " "u8 : " NETNS   "u8);
        output.Write("\n"u8);
    }

    /// <summary>Writes one row.</summary>
    public void WriteRow(in TcpEvent e, IBufferWriter<byte> output)
    {
        var start = Start ??= e.Timestamp;
        var row = new TextCursor(output.GetSpan(MaxRow));
        if (options.Style == TableStyle.Libbpf)
            AppendLibbpf(ref row, in e, start);
        else
            AppendBcc(ref row, in e, start);
        output.Advance(row.Length);
    }

    private void AppendBcc(ref TextCursor row, in TcpEvent e, ulong start)
    {
        var elapsed = (long)(e.Timestamp - start);
        if (options.Timestamps && options.Verbose)
            AppendNanoseconds(ref row, elapsed);
        else if (options.Timestamps)
            AppendSeconds(ref row, elapsed / 1e9);
        if (options.Uid)
            AppendColumn(ref row, e.Uid, 6);

        var type = row.Length;
        row.Append(options.Verbose ? Word(e.Type) : [Letter(e.Type, unknown: 'U')]);
        row.EndColumn(type + (options.Verbose ? 12 : 2));

        AppendColumn(ref row, e.Pid, 6);
        CommText.AppendBcc(ref row, in e.Comm, options.Raw);
        row.Append(e.IpVersion == 4 ? " 4  "u8 : " 6  "u8);
        AppendBccAddress(ref row, in e.LocalAddress, e.IpVersion);
        AppendBccAddress(ref row, in e.PeerAddress, e.IpVersion);
        AppendColumn(ref row, e.LocalPort, 6);

        var port = row.Length;
        row.Append(e.PeerPort);
        row.PadTo(port + 6);
        if (options.Verbose && !options.HideNetns)
        {
            row.Append((byte)' ');
            var netns = row.Length;
            row.Append(e.Netns);
            row.PadTo(netns + 8);
        }

        row.Append((byte)'\n');
    }

    private void AppendLibbpf(ref TextCursor row, in TcpEvent e, ulong start)
    {
        // The tool's clock has whole microseconds before the subtraction.
        if (options.Timestamps)
            AppendSeconds(ref row, (long)((e.Timestamp / 1000) - (start / 1000)) / 1e6);
        if (options.Uid)
            AppendLibbpfUid(ref row, e.Uid);

        row.Append(Letter(e.Type, unknown: '-'));
        row.Append((byte)' ');
        AppendColumn(ref row, e.Pid, 6);
        CommText.AppendLibbpf(ref row, in e.Comm, options.Raw);
        row.Append(e.IpVersion == 4 ? " 4  "u8 : " 6  "u8);
        AppendLibbpfAddress(ref row, in e.LocalAddress, e.IpVersion);
        AppendLibbpfAddress(ref row, in e.PeerAddress, e.IpVersion);
        AppendColumn(ref row, e.LocalPort, 4);

        var port = row.Length;
        row.Append(e.PeerPort);
        row.PadTo(port + 4);
        row.Append((byte)'\n');
    }

    private static void AppendColumn(ref TextCursor row, uint number, int width)
    {
        var start = row.Length;
        row.Append(number);
        row.EndColumn(start + width);
    }

    private static void AppendBccAddress(ref TextCursor row, in Address address, int ipVersion)
    {
        var start = row.Length;
        if (ipVersion != 4)
            row.Append((byte)'[');
        row.Append(in address, ipVersion);
        if (ipVersion != 4)
            row.Append((byte)']');
        row.EndColumn(start + 16);
    }

    private static void AppendLibbpfAddress(ref TextCursor row, in Address address, int ipVersion)
    {
        var start = row.Length;
        row.Append(in address, ipVersion);
        row.EndColumn(start + 16);
    }

    // The tool prints it as an int, and nothing between it and the type.
    private static void AppendLibbpfUid(ref TextCursor row, uint uid)
    {
        var start = row.Length;
        AppendSigned(ref row, (int)uid);
        row.PadTo(start + 6);
    }

    private static void AppendNanoseconds(ref TextCursor row, long elapsed)
    {
        var start = row.Length;
        AppendSigned(ref row, elapsed);
        row.PadTo(start + 14);
    }

    private static void AppendSigned(ref TextCursor row, long number)
    {
        if (number < 0)
            row.Append((byte)'-');
        row.Append((ulong)(number < 0 ? -number : number));
    }

    /// <summary><c>%-9.3f</c>: the exact value of the double, rounded to even where it lies halfway.</summary>
    private static void AppendSeconds(ref TextCursor row, double seconds)
    {
        var start = row.Length;
        if (seconds < 0)
            row.Append((byte)'-');
        var magnitude = Math.Abs(seconds);
        var milliseconds = (ulong)(magnitude * 1000);
        // Rounded once, so that its sign is that of the exact distance to the tie.
        var beyondTie = Math.FusedMultiplyAdd(magnitude, 1000, -(milliseconds + 0.5));
        if (beyondTie > 0 || (beyondTie == 0 && milliseconds % 2 == 1))
            milliseconds++;

        var (whole, fraction) = Math.DivRem(milliseconds, 1000);
        row.Append(whole);
        row.Append((byte)'.');
        row.AppendDigits(fraction, 3);
        row.PadTo(start + 9);
    }

    private static byte Letter(TcpEventType type, char unknown) => type switch
    {
        TcpEventType.Accept or TcpEventType.Connect or TcpEventType.Close
            or TcpEventType.ConnectFailed or TcpEventType.Open => (byte)type,
        _ => (byte)unknown,
    };

    private static ReadOnlySpan<byte> Word(TcpEventType type) => type switch
    {
        TcpEventType.Accept => "accept"u8,
        TcpEventType.Connect => "connect"u8,
        TcpEventType.Close => "close"u8,
        TcpEventType.ConnectFailed => "failed"u8,
        TcpEventType.Open => "open"u8,
        _ => "unknown"u8,
    };
}
