using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>
/// Prints events as tcptracer does, byte for byte as the tools of bcc 0.26 print them, in the order they are given.
/// Three things differ, and only where the tools mislead:
/// <list type="bullet">
/// <item>unless <see cref="TableOptions.Raw"/>, control characters in thread names are escaped (<c>\n</c>,
/// <c>\x1b</c>, <c>\u202e</c>), a backslash is doubled, and in the libbpf table so are bytes that are not UTF-8
/// (<c>\xff</c>): the tools let a process print rows that never happened;</item>
/// <item>an event from before the first printed one has a negative time in both tables; the libbpf tool prints some
/// 18446744073709 seconds;</item>
/// <item>connects that failed (F, <c>failed</c>), connections from before the recording (O, <c>open</c>) and TCP's own ends (E,
/// <c>ended</c>) have rows of the same form, those that failed with the errno behind them, ends with how it ended; the tools have no
/// such events. Unless <see cref="TableOptions.Compat"/>, a word tells the close of what failed to connect from others.</item>
/// </list>
/// </summary>
internal sealed class TcptracerTable(TableOptions options) : IEventRows
{
    // All columns at their longest: a day and a time of it, 30; a time, 20; 16 bytes of a name, 4 for each; two addresses in brackets;
    // the numbers; how it ended and an errno, 40; codes of colours, 12.
    private const int Longest = 400;

    private const int MaxRow = Longest + RowText.Room;

    // As many find room in the processor's cache.
    private const int RowsAtOnce = 32;

    private const uint NanosecondsPerSecond = 1_000_000_000;
    private const uint MicrosecondsPerSecond = 1_000_000;

    /// <summary>Less than this divided by 1e9 or 1e6 has an error, as a double, below half of a unit.</summary>
    private const ulong MaxExact = 1UL << 50;

    // By the value of the type.
    private static readonly byte[]?[] types = MakeWords();

    /// <summary>Where the time column counts from, CLOCK_MONOTONIC ns. The first row sets it, as in the tools.</summary>
    private ulong? start;

    // Widths of the tools' columns, with the blank behind each.
    private readonly bool hasLocal = HasRoom(options, 0);
    private readonly bool hasVersion = HasRoom(options, 24);
    private readonly bool hasNetns = !options.HideNetns && HasRoom(options, 27);
    private readonly bool hasPid = HasRoom(options, 27 + NetnsWidth(options));
    private readonly bool isShort = !HasRoom(options, 34 + NetnsWidth(options));

    private readonly bool areColoured = options.Colours.AreOn;
    private readonly bool isLibbpf = options.Style == TableStyle.Libbpf;
    private readonly bool hasWords = !options.Compat;
    private readonly int width = options.Raw ? 0 : options.Width;

    private readonly DayChange? day = options.Clock is { } clock ? new DayChange(clock) : null;

    /// <inheritdoc />
    public bool NeedsOrder => day is not null;

    /// <inheritdoc />
    public EventParts Needs => EventParts.Time | EventParts.Kind | EventParts.Socket | EventParts.Task;

    /// <inheritdoc />
    public void WriteHeader(IBufferWriter<byte> output)
    {
        if (options.Style == TableStyle.Bcc)
        {
            output.Write("Tracing TCP established connections."u8);
            output.Write(options.Width is 0 or > 50 ? " "u8 : "\n"u8);
            output.Write("Ctrl-C to end.\n"u8);
        }

        var header = new ArrayBufferWriter<byte>();
        header.Write(options.Colours.Begin(Emphasis.Heading));
        WriteColumns(header);
        header.Write(options.Colours.End(Emphasis.Heading));
        output.Write(FittedRow.Fit(header.WrittenSpan, options.Width));
        output.Write("\n"u8);
    }

    private void WriteColumns(IBufferWriter<byte> output)
    {
        var time = options.Clock is { } clock ? Encoding.ASCII.GetBytes("TIME".PadRight(clock.Width + 1)) : [];
        if (options.Style == TableStyle.Libbpf)
        {
            output.Write(time);
            output.Write(options.Timestamps ? "TIME(s)  "u8 : []);
            output.Write(options.Uid ? "UID   "u8 : []);
            output.Write("T "u8);
            output.Write(hasPid ? "PID    "u8 : []);
            output.Write("COMM         "u8);
            output.Write(hasVersion ? "IP "u8 : []);
            output.Write(hasLocal ? "SADDR            "u8 : []);
            output.Write("DADDR            "u8);
            output.Write(hasLocal ? "SPORT "u8 : []);
            output.Write("DPORT"u8);
            return;
        }

        output.Write(time);
        if (options.Timestamps)
        {
            output.Write(options.Verbose ? "TIME(ns)      "u8 : "TIME(s)  "u8);
        }

        output.Write(options.Uid ? "UID    "u8 : []);
        output.Write(options.Verbose ? "TYPE         "u8 : "T  "u8);
        output.Write(hasPid ? "PID    "u8 : []);
        output.Write(isShort ? "COMM         "u8 : "COMM             "u8);
        output.Write(hasVersion ? "IP "u8 : []);
        output.Write(hasLocal ? "SADDR            "u8 : []);
        output.Write("DADDR            "u8);
        output.Write(hasLocal ? "SPORT  "u8 : []);
        output.Write("DPORT "u8);
        if (options.Verbose)
        {
            output.Write(hasNetns ? " NETNS   "u8 : " "u8);
        }
    }

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in TcpEvent e, EventContext context) =>
        output.Advance(Format(output.GetSpan(MaxRow), in e, context));

    /// <inheritdoc />
    public void WriteRows(IBufferWriter<byte> output, in ExportedEvents batch)
    {
        for (var events = batch.Events; !events.IsEmpty;)
        {
            var some = events[..Math.Min(events.Length, RowsAtOnce)];
            var text = output.GetSpan(some.Length * MaxRow);
            var at = 0;
            foreach (ref readonly var one in some)
            {
                at += Format(text[at..], in one, batch.Context);
            }

            output.Advance(at);
            events = events[some.Length..];
        }
    }

    private int Format(Span<byte> row, in TcpEvent e, EventContext context)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Length, MaxRow);
        var begin = start ??= e.Timestamp;
        var (line, at) = (0, 0);
        if (options.Clock is { } clock)
        {
            var wall = Wall(e.Timestamp + (Int128?)context.Clock?.WallOffset);
            line = day!.Write(row, wall);
            row = row[line..];
            at = RowText.End(ref MemoryMarshal.GetReference(row), clock.Write(row, wall), clock.Width);
        }

        var emphasis = areColoured ? EmphasisOf(in e) : Emphasis.None;
        at += emphasis == Emphasis.None ? 0 : Utf8Text.Write(row[at..], options.Colours.Begin(emphasis));
        at += isLibbpf
            ? FormatLibbpf(row[at..], in e, begin)
            : FormatBcc(row[at..], in e, begin);
        // Almost all events are of these two, or closes without a word.
        at += hasWords && e.Type is not (TcpEventType.Connect or TcpEventType.Accept) ? WriteWords(row[at..], in e) : 0;
        at += emphasis == Emphasis.None ? 0 : Utf8Text.Write(row[at..], options.Colours.End(emphasis));
        at = width == 0 ? at : FittedRow.Fit(row, at, width);
        row[at] = (byte)'\n';
        return line + at + 1;
    }

    /// <inheritdoc />
    public void WriteEnd(IBufferWriter<byte> output)
    {
        var columns = new[] { (hasPid, "PID"), (hasVersion, "IP"), (hasLocal, "SADDR"), (hasLocal, "SPORT"), (hasNetns || options.HideNetns || !options.Verbose, "NETNS") };
        var hidden = columns.Where(column => !column.Item1).Select(column => column.Item2);
        output.Write(Encoding.UTF8.GetBytes(FittingColumns.Note(hidden, "--fields shows them", options.Width)));
    }

    /// <summary>Whether there is room for all columns but some of so many columns of the terminal.</summary>
    private static bool HasRoom(TableOptions options, int less) => options.Width == 0 || options.Width >= FullWidth(options) - less;

    private static int FullWidth(TableOptions options) =>
        (options.Clock is { } clock ? clock.Width + 1 : 0)
        + (!options.Timestamps ? 0 : options is { Verbose: true, Style: TableStyle.Bcc } ? 14 : 9)
        + (options.Uid ? 7 : 0)
        + (options.Style == TableStyle.Libbpf ? 70 : options.Verbose ? 89 + NetnsWidth(options) : 79);

    private static int NetnsWidth(TableOptions options) => options is { Verbose: true, HideNetns: false } ? 9 : 0;

    /// <summary>Whether something failed: the word that ends the row says what.</summary>
    private static Emphasis EmphasisOf(in TcpEvent e) => e.Type switch
    {
        TcpEventType.ConnectFailed => Emphasis.Bad,
        TcpEventType.Ended => TcpEnds.Of(in e) switch
        {
            TcpEnd.TimedOut => Emphasis.Bad,
            TcpEnd.ResetSent or TcpEnd.ResetReceived or TcpEnd.Aborted => Emphasis.Doubtful,
            _ => Emphasis.None,
        },
        _ => Emphasis.None,
    };

    /// <summary>What else the type of an event makes one ask.</summary>
    private static int WriteWords(Span<byte> row, in TcpEvent e) => e.Type switch
    {
        TcpEventType.ConnectFailed => WriteWord(row, Errno.NameOf(e.Error)),
        TcpEventType.Close when !EventRows.IsClose(in e) => WriteWord(row, Words.Flags.Of((ulong)TcpEventFlags.ConnectFailed)),
        TcpEventType.Ended => WriteEnd(row, in e),
        _ => 0,
    };

    /// <summary>How it ended, with the error of one that timed out: it may be another than ETIMEDOUT.</summary>
    private static int WriteEnd(Span<byte> row, in TcpEvent e)
    {
        var end = TcpEnds.Of(in e);
        var at = end == TcpEnd.Unknown ? 0 : WriteWord(row, Words.Ends.Of((ulong)end));
        return end == TcpEnd.TimedOut ? at + WriteWord(row[at..], Errno.NameOf(e.Error)) : at;
    }

    private static int WriteWord(Span<byte> row, string word)
    {
        row[0] = (byte)' ';
        return 1 + Encoding.ASCII.GetBytes(word, row[1..]);
    }

    private static ulong? Wall(Int128? time) => time is { } known && known >= 0 && known <= ulong.MaxValue ? (ulong)known : null;

    private int FormatBcc(Span<byte> line, in TcpEvent e, ulong start)
    {
        // There is room for all of it, so nothing is checked.
        ref var row = ref MemoryMarshal.GetReference(line);
        var at = 0;
        var elapsed = (long)(e.Timestamp - start);
        if (options.Timestamps)
        {
            at = options.Verbose
                ? Utf8Text.Pad(line, Utf8Text.Write(line, elapsed), 14)
                : FormatSeconds(line, elapsed, NanosecondsPerSecond);
        }

        if (options.Uid)
        {
            at += RowText.Column(ref Unsafe.Add(ref row, at), e.Uid, 6);
        }

        if (options.Verbose)
        {
            at += RowText.End(ref Unsafe.Add(ref row, at), Utf8Text.Write(line[at..], Word(e.Type)), 12);
        }
        else
        {
            Unsafe.Add(ref row, at) = Letter(e.Type, unknown: 'U');
            at += RowText.End(ref Unsafe.Add(ref row, at), 1, 2);
        }

        at += hasPid ? RowText.Column(ref Unsafe.Add(ref row, at), e.Pid, 6) : 0;
        var name = RowText.Span(ref Unsafe.Add(ref row, at));
        at += isShort ? CommText.WriteCut(name, in e.Comm, 12, options.Raw) : CommText.WriteBcc(name, in e.Comm, options.Raw);
        at += FormatVersion(ref Unsafe.Add(ref row, at), in e);
        at += hasLocal ? RowText.BracketedAddress(ref Unsafe.Add(ref row, at), in e.LocalAddress, e.IpVersion) : 0;
        at += RowText.BracketedAddress(ref Unsafe.Add(ref row, at), in e.PeerAddress, e.IpVersion);
        at += hasLocal ? RowText.Column(ref Unsafe.Add(ref row, at), e.LocalPort, 6) : 0;
        // The tool's last column but one has a blank behind it, and its last one none.
        at += RowText.Column(ref Unsafe.Add(ref row, at), e.PeerPort, 6) - 1;
        if (options.Verbose && hasNetns)
        {
            at += RowText.Column(ref Unsafe.Add(ref row, at + 1), e.Netns, 8);
        }

        return at;
    }

    private int FormatVersion(ref byte row, in TcpEvent e)
    {
        if (!hasVersion)
        {
            row = (byte)' ';
            return 1;
        }

        return RowText.Write(ref row, e.IpVersion == 4 ? " 4  "u8 : " 6  "u8);
    }

    private int FormatLibbpf(Span<byte> line, in TcpEvent e, ulong start)
    {
        ref var row = ref MemoryMarshal.GetReference(line);
        var at = 0;
        // The tool's clock has whole microseconds before the subtraction.
        if (options.Timestamps)
        {
            at = FormatSeconds(line, (long)((e.Timestamp / 1000) - (start / 1000)), MicrosecondsPerSecond);
        }
        // The tool takes it for an int, and leaves no space before the type.
        if (options.Uid)
        {
            at += Utf8Text.Pad(line[at..], Utf8Text.Write(line[at..], (long)(int)e.Uid), 6);
        }

        Unsafe.Add(ref row, at) = Letter(e.Type, unknown: '-');
        at += RowText.End(ref Unsafe.Add(ref row, at), 1, 1);
        at += hasPid ? RowText.Column(ref Unsafe.Add(ref row, at), e.Pid, 6) : 0;
        at += CommText.WriteLibbpf(RowText.Span(ref Unsafe.Add(ref row, at)), in e.Comm, options.Raw);
        at += FormatVersion(ref Unsafe.Add(ref row, at), in e);
        at += hasLocal ? RowText.Address(ref Unsafe.Add(ref row, at), in e.LocalAddress, e.IpVersion) : 0;
        at += RowText.Address(ref Unsafe.Add(ref row, at), in e.PeerAddress, e.IpVersion);
        at += hasLocal ? RowText.Column(ref Unsafe.Add(ref row, at), e.LocalPort, 4) : 0;
        at += RowText.Column(ref Unsafe.Add(ref row, at), e.PeerPort, 4) - 1;
        return at;
    }

    /// <summary><c>%-9.3f</c> of the quotient, which the tools have as a double. That is further from a tie than its own error
    /// unless it is one, so up to some days whole numbers give the same.</summary>
    private static int FormatSeconds(Span<byte> target, long elapsed, uint unitsPerSecond)
    {
        var (milliseconds, rest) = Math.DivRem((ulong)elapsed, unitsPerSecond / 1000);
        var length = (ulong)elapsed < MaxExact && 2 * rest != unitsPerSecond / 1000
            ? Utf8Text.WriteThousandths(target, milliseconds + (2 * rest > unitsPerSecond / 1000 ? 1u : 0))
            : Utf8Text.WriteFixed(target, elapsed / (double)unitsPerSecond, 3);
        return Utf8Text.Pad(target, length, 9);
    }

    private static byte Letter(TcpEventType type, char unknown) => types[(byte)type] is null ? (byte)unknown : (byte)type;

    private static ReadOnlySpan<byte> Word(TcpEventType type) => types[(byte)type] ?? "unknown"u8;

    private static byte[]?[] MakeWords()
    {
        var words = new byte[]?[byte.MaxValue + 1];
        foreach (var type in EventTypes.All)
        {
            words[(byte)type.Type] = Encoding.ASCII.GetBytes(type.Word);
        }

        return words;
    }
}
