using System.Buffers;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>
/// Prints connections as bcc's tcplife (0.26) does. What differs: the process is always the owner of the socket
/// (<see cref="Connection.Owner"/>), rows that tcplife would not print end with what is special about them
/// (<see cref="EndingText"/>), a number that is not known is <c>-</c>, and control characters of thread names are escaped
/// unless <see cref="LifetimeOptions.Raw"/>.
/// </summary>
internal sealed class LifetimeTable(LifetimeOptions options) : IConnectionRows
{
    // On a terminal of the usual width rows are those of tcplife, unless there are times before them.
    private readonly bool hasLocal = HasRoom(options, 80 + TimesWidth(options));
    private readonly bool hasBytes = HasRoom(options, 58 + TimesWidth(options));
    private readonly bool hasPid = HasRoom(options, 46 + TimesWidth(options));
    private readonly LifetimeValues values = new();
    private readonly DayChange? day = options.Clock is { } clock ? new DayChange(clock) : null;

    /// <inheritdoc />
    public void WriteHeader(IBufferWriter<byte> output)
    {
        var header = new ArrayBufferWriter<byte>();
        header.Write(options.Colours.Begin(Emphasis.Heading));
        WriteColumns(header);
        header.Write(options.Colours.End(Emphasis.Heading));
        output.Write(FittedRow.Fit(header.WrittenSpan, options.Wide ? 0 : options.Width));
        output.Write("\n"u8);
    }

    /// <inheritdoc />
    public void WriteEnd(IBufferWriter<byte> output)
    {
        var columns = new[] { (hasPid, "PID"), (hasLocal, "LADDR"), (hasLocal, "LPORT"), (hasBytes, "TX_KB"), (hasBytes, "RX_KB") };
        var hidden = columns.Where(column => !column.Item1).Select(column => column.Item2);
        output.Write(Encoding.UTF8.GetBytes(FittingColumns.Note(hidden, "-w or --fields shows them", options.Width)));
    }

    private void WriteColumns(IBufferWriter<byte> output)
    {
        output.Write(Encoding.ASCII.GetBytes(options.Clock is { } clock ? "TIME".PadRight(clock.Width + 1) : ""));
        output.Write(options.Timestamps ? "TIME(s)   "u8 : []);
        if (options.Wide)
        {
            output.Write("PID   COMM             IP LADDR                                   LPORT RADDR                                   RPORT  TX_KB  RX_KB MS"u8);
            return;
        }

        output.Write(hasPid ? "PID   "u8 : []);
        output.Write("COMM       "u8);
        output.Write(hasLocal ? "LADDR           LPORT "u8 : []);
        output.Write("RADDR           RPORT "u8);
        output.Write(hasBytes ? "TX_KB RX_KB "u8 : []);
        output.Write("MS"u8);
    }

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in Connection connection, ConnectionContext context)
    {
        var row = output.GetSpan(LifetimeValues.MaxRow);
        var length = day is null ? 0 : day.Write(row, LifetimeValues.WallEnd(in connection, context));
        var columns = row[length..];
        length += FittedRow.Fit(columns, FormatRow(columns, in connection, context), options.Wide || options.Raw ? 0 : options.Width);
        row[length++] = (byte)'\n';
        output.Advance(length);
    }

    private static Emphasis EmphasisOf(ConnectionEnding ending) => ending switch
    {
        ConnectionEnding.Failed => Emphasis.Bad,
        ConnectionEnding.Reset => Emphasis.Doubtful,
        _ => Emphasis.None,
    };

    private static bool HasRoom(LifetimeOptions options, int columns) => options.Wide || options.Width == 0 || options.Width >= columns;

    private static int TimesWidth(LifetimeOptions options) => (options.Clock is { } clock ? clock.Width + 1 : 0) + (options.Timestamps ? 10 : 0);

    private int FormatRow(Span<byte> row, in Connection connection, ConnectionContext context)
    {
        var at = 0;
        if (options.Clock is { } clock)
        {
            at += EndColumn(row[at..], clock.Write(row[at..], LifetimeValues.WallEnd(in connection, context)), clock.Width);
        }

        if (options.Timestamps)
        {
            at += EndColumn(row[at..], values.FormatSeconds(row[at..], in connection, context), 9);
        }

        var emphasis = EmphasisOf(connection.Ending);
        at += Utf8Text.Write(row[at..], options.Colours.Begin(emphasis));
        ref readonly var owner = ref connection.Owner;
        at += hasPid ? EndColumn(row[at..], Utf8Text.Write(row[at..], owner.Pid), 5) : 0;
        at += CommText.WriteCut(row[at..], in owner.Comm, options.Wide ? 16 : 10, options.Raw);
        row[at++] = (byte)' ';
        if (options.Wide)
        {
            at += Utf8Text.Write(row[at..], connection.IpVersion == 4 ? "4  "u8 : "6  "u8);
        }

        var (addressWidth, amountWidth) = options.Wide ? (39, 6) : (15, 5);
        if (hasLocal)
        {
            at += EndColumn(row[at..], InetText.Write(row[at..], in connection.LocalAddress, connection.IpVersion), addressWidth);
            at += EndColumn(row[at..], Utf8Text.Write(row[at..], (uint)connection.LocalPort), 5);
        }

        at += EndColumn(row[at..], InetText.Write(row[at..], in connection.PeerAddress, connection.IpVersion), addressWidth);
        at += EndColumn(row[at..], Utf8Text.Write(row[at..], (uint)connection.PeerPort), 5);
        if (hasBytes)
        {
            at += FormatKilobytes(row[at..], in connection, connection.BytesAcked, amountWidth);
            at += FormatKilobytes(row[at..], in connection, connection.BytesReceived, amountWidth);
        }

        at += LifetimeValues.FormatMilliseconds(row[at..], in connection);
        at += EndingText.WriteMark(row[at..], in connection);
        return at + Utf8Text.Write(row[at..], options.Colours.End(emphasis));
    }

    private static int FormatKilobytes(Span<byte> target, in Connection connection, ulong bytes, int width)
    {
        Span<byte> digits = stackalloc byte[20];
        var length = 1;
        if (LifetimeValues.HasCounters(in connection))
        {
            length = Utf8Text.Write(digits, (long)(bytes >> 10));
        }
        else
        {
            digits[0] = (byte)'-';
        }

        var pad = Math.Max(0, width - length);
        target[..pad].Fill((byte)' ');
        digits[..length].CopyTo(target[pad..]);
        target[pad + length] = (byte)' ';
        return pad + length + 1;
    }

    /// <summary>Pads what <paramref name="target"/> begins with, and sets it apart from the next column.</summary>
    private static int EndColumn(Span<byte> target, int length, int width)
    {
        var pad = Math.Max(0, width - length) + 1;
        target.Slice(length, pad).Fill((byte)' ');
        return length + pad;
    }
}
