using System.Buffers;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>Prints connections as bcc's tcplife (0.26) does with <c>-s</c>, but for a column END, how they ended, and what
/// <see cref="LifetimeTable"/> has otherwise too.</summary>
internal sealed class LifetimeCsv(LifetimeOptions options) : IConnectionRows
{
    private static readonly SearchValues<byte> special = SearchValues.Create(",\""u8);

    private static readonly SearchValues<byte> formula = SearchValues.Create("=+-@\t\r"u8);

    private readonly LifetimeValues values = new();

    /// <inheritdoc />
    public void WriteHeader(IBufferWriter<byte> output)
    {
        output.Write(options.Clock is not null ? "TIME,"u8 : []);
        output.Write(options.Timestamps ? "TIME(s),"u8 : []);
        output.Write("PID,COMM,IP,LADDR,LPORT,RADDR,RPORT,TX_KB,RX_KB,MS,END\n"u8);
    }

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in Connection connection, ConnectionContext context)
    {
        var row = output.GetSpan(LifetimeValues.MaxRow);
        output.Advance(FormatRow(row, in connection, context));
    }

    private int FormatRow(Span<byte> row, in Connection connection, ConnectionContext context)
    {
        var at = 0;
        if (options.Clock is { } clock)
        {
            at += EndValue(row, clock.Write(row, LifetimeValues.WallEnd(in connection, context)));
        }

        if (options.Timestamps)
        {
            at += EndValue(row[at..], values.FormatSeconds(row[at..], in connection, context));
        }

        ref readonly var owner = ref connection.Owner;
        at += EndValue(row[at..], Utf8Text.Write(row[at..], owner.Pid));
        at += EndValue(row[at..], FormatName(row[at..], in owner.Comm));
        at += Utf8Text.Write(row[at..], connection.IpVersion == 4 ? "4,"u8 : "6,"u8);
        at += EndValue(row[at..], InetText.Write(row[at..], in connection.LocalAddress, connection.IpVersion));
        at += EndValue(row[at..], Utf8Text.Write(row[at..], (uint)connection.LocalPort));
        at += EndValue(row[at..], InetText.Write(row[at..], in connection.PeerAddress, connection.IpVersion));
        at += EndValue(row[at..], Utf8Text.Write(row[at..], (uint)connection.PeerPort));
        at += EndValue(row[at..], LifetimeValues.HasCounters(in connection) ? Utf8Text.Write(row[at..], (long)(connection.BytesAcked >> 10)) : 0);
        at += EndValue(row[at..], LifetimeValues.HasCounters(in connection) ? Utf8Text.Write(row[at..], (long)(connection.BytesReceived >> 10)) : 0);
        at += EndValue(row[at..], LifetimeValues.FormatMilliseconds(row[at..], in connection));
        at += EndingText.Write(row[at..], in connection);
        row[at++] = (byte)'\n';
        return at;
    }

    private int FormatName(Span<byte> target, in ThreadName comm)
    {
        Span<byte> name = stackalloc byte[LifetimeValues.MaxRow / 2];
        name = name[..CommText.WriteWhole(name, in comm, options.Raw)];
        // A spreadsheet takes such a name for a formula, and runs it; an apostrophe makes it a text.
        var isFormula = name.Length > 0 && formula.Contains(name[0]);
        if (!isFormula && name.IndexOfAny(special) < 0)
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

    private static int EndValue(Span<byte> target, int length)
    {
        target[length] = (byte)',';
        return length + 1;
    }
}
