using System.Buffers;
using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>
/// Prints connections as bcc's tcplife (0.26) does. What differs: the process is always the owner of the socket
/// (<see cref="Connection.Owner"/>), rows that tcplife would not print end with what is special about them
/// (<see cref="EndingText"/>), a number that is not known is <c>-</c>, and control characters of thread names are escaped
/// unless <see cref="LifetimeOptions.Raw"/>.
/// </summary>
public sealed class LifetimeTable(LifetimeOptions options) : IConnectionFormat
{
    // All columns at their longest: times, 30; 16 bytes of a name, 6 for each; two addresses; five numbers; the ending.
    private const int MaxRow = 512;

    private static readonly SearchValues<byte> csvSpecial = SearchValues.Create(",\""u8);

    private static readonly SearchValues<byte> csvFormula = SearchValues.Create("=+-@\t\r"u8);

    // On a terminal of the usual width rows are those of tcplife, though times make them longer.
    private readonly bool hasLocal = HasRoom(options, 80);
    private readonly bool hasBytes = HasRoom(options, 58 + TimesWidth(options));
    private readonly bool hasPid = HasRoom(options, 46 + TimesWidth(options));
    private ulong? first;

    /// <inheritdoc />
    public void WriteHeader(IBufferWriter<byte> output)
    {
        if (options.Csv)
        {
            output.Write(options.TimeOfDay ? "TIME,"u8 : []);
            output.Write(options.Timestamps ? "TIME(s),"u8 : []);
            output.Write("PID,COMM,IP,LADDR,LPORT,RADDR,RPORT,TX_KB,RX_KB,MS,END\n"u8);
            return;
        }

        output.Write(options.TimeOfDay ? "TIME     "u8 : []);
        output.Write(options.Timestamps ? "TIME(s)   "u8 : []);
        if (options.Wide)
        {
            output.Write("PID   COMM             IP LADDR                      LPORT RADDR                      RPORT  TX_KB  RX_KB MS\n"u8);
            return;
        }

        output.Write(hasPid ? "PID   "u8 : []);
        output.Write("COMM       "u8);
        output.Write(hasLocal ? "LADDR           LPORT "u8 : []);
        output.Write("RADDR           RPORT "u8);
        output.Write(hasBytes ? "TX_KB RX_KB "u8 : []);
        output.Write("MS\n"u8);
    }

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in Connection connection, RecordedSpan recording)
    {
        var row = output.GetSpan(MaxRow);
        output.Advance(options.Csv ? FormatCsv(row, in connection, recording) : FormatRow(row, in connection, recording));
    }

    private static bool HasRoom(LifetimeOptions options, int columns) => options.Wide || options.Width == 0 || options.Width >= columns;

    private static int TimesWidth(LifetimeOptions options) => (options.TimeOfDay ? 9 : 0) + (options.Timestamps ? 10 : 0);

    private int FormatRow(Span<byte> row, in Connection connection, RecordedSpan recording)
    {
        var at = 0;
        if (options.TimeOfDay)
        {
            at += EndColumn(row, FormatTimeOfDay(row, in connection, recording), 8);
        }

        if (options.Timestamps)
        {
            at += EndColumn(row[at..], FormatSeconds(row[at..], in connection, recording), 9);
        }

        var owner = connection.Owner;
        at += hasPid ? EndColumn(row[at..], Utf8Text.Write(row[at..], owner.Pid), 5) : 0;
        at += CommText.WriteCut(row[at..], in owner.Comm, options.Wide ? 16 : 10, options.Raw);
        row[at++] = (byte)' ';
        if (options.Wide)
        {
            at += Utf8Text.Write(row[at..], connection.IpVersion == 4 ? "4  "u8 : "6  "u8);
        }

        var (addressWidth, amountWidth) = options.Wide ? (26, 6) : (15, 5);
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

        at += FormatMilliseconds(row[at..], in connection);
        at += EndingText.WriteMark(row[at..], in connection);
        row[at++] = (byte)'\n';
        return at;
    }

    private int FormatCsv(Span<byte> row, in Connection connection, RecordedSpan recording)
    {
        var at = 0;
        if (options.TimeOfDay)
        {
            at += EndValue(row, FormatTimeOfDay(row, in connection, recording));
        }

        if (options.Timestamps)
        {
            at += EndValue(row[at..], FormatSeconds(row[at..], in connection, recording));
        }

        var owner = connection.Owner;
        at += EndValue(row[at..], Utf8Text.Write(row[at..], owner.Pid));
        at += EndValue(row[at..], FormatCsvName(row[at..], in owner.Comm));
        at += Utf8Text.Write(row[at..], connection.IpVersion == 4 ? "4,"u8 : "6,"u8);
        at += EndValue(row[at..], InetText.Write(row[at..], in connection.LocalAddress, connection.IpVersion));
        at += EndValue(row[at..], Utf8Text.Write(row[at..], (uint)connection.LocalPort));
        at += EndValue(row[at..], InetText.Write(row[at..], in connection.PeerAddress, connection.IpVersion));
        at += EndValue(row[at..], Utf8Text.Write(row[at..], (uint)connection.PeerPort));
        at += EndValue(row[at..], HasCounters(in connection) ? Utf8Text.Write(row[at..], (long)(connection.BytesAcked >> 10)) : 0);
        at += EndValue(row[at..], HasCounters(in connection) ? Utf8Text.Write(row[at..], (long)(connection.BytesReceived >> 10)) : 0);
        at += EndValue(row[at..], FormatMilliseconds(row[at..], in connection));
        at += EndingText.Write(row[at..], in connection);
        row[at++] = (byte)'\n';
        return at;
    }

    private static int FormatTimeOfDay(Span<byte> target, in Connection connection, RecordedSpan recording)
    {
        if (recording.WallClock(connection.Ended) is not { } wall)
        {
            target[0] = (byte)'-';
            return 1;
        }

        DateTime.UnixEpoch.AddSeconds(wall / 1_000_000_000).TryFormat(target, out var length, "HH:mm:ss", CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>tcplife's clock has whole microseconds.</summary>
    private int FormatSeconds(Span<byte> target, in Connection connection, RecordedSpan recording)
    {
        var now = (connection.Ended + (ulong)(recording.WallOffset ?? 0)) / 1000;
        first ??= now;
        return Utf8Text.WriteFixed(target, (long)(now - first.Value) / 1e6, 6);
    }

    private static int FormatMilliseconds(Span<byte> target, in Connection connection) =>
        Utf8Text.WriteFixed(target, connection.Lifetime / 1000 / 1e3, 2);

    private static int FormatKilobytes(Span<byte> target, in Connection connection, ulong bytes, int width)
    {
        Span<byte> digits = stackalloc byte[20];
        var length = 1;
        if (HasCounters(in connection))
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

    /// <summary>One that failed has sent nothing; of others the counters are known by their close.</summary>
    private static bool HasCounters(in Connection connection) =>
        connection.HasCloser || connection.Ending == ConnectionEnding.Failed;

    private int FormatCsvName(Span<byte> target, in ThreadName comm)
    {
        Span<byte> name = stackalloc byte[MaxRow / 2];
        name = name[..CommText.WriteWhole(name, in comm, options.Raw)];
        // A spreadsheet takes such a name for a formula, and runs it; an apostrophe makes it a text.
        var isFormula = name.Length > 0 && csvFormula.Contains(name[0]);
        if (!isFormula && name.IndexOfAny(csvSpecial) < 0)
        {
            return Utf8Text.Write(target, name);
        }

        // As in RFC 4180.
        var at = 0;
        target[at++] = (byte)'"';
        if (isFormula)
        {
            target[at++] = (byte)'\'';
        }

        foreach (var letter in name)
        {
            target[at++] = letter;
            if (letter == '"')
            {
                target[at++] = letter;
            }
        }

        target[at++] = (byte)'"';
        return at;
    }

    /// <summary>Pads what <paramref name="target"/> begins with, and sets it apart from the next column.</summary>
    private static int EndColumn(Span<byte> target, int length, int width)
    {
        var pad = Math.Max(0, width - length) + 1;
        target.Slice(length, pad).Fill((byte)' ');
        return length + pad;
    }

    private static int EndValue(Span<byte> target, int length)
    {
        target[length] = (byte)',';
        return length + 1;
    }
}
