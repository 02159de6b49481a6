using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>
/// The tables that tcplife prints: bcc's with <c>-t</c> or <c>-T</c>, <c>-w</c> and <c>-s</c> or without, that of libbpf-tools with <c>-T</c>, and what
/// <c>tracecap lifetimes</c> prints alike. The line with the names of the columns says which it is.
/// </summary>
internal static class TcplifeText
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long Day = 24 * 3600 * NanosecondsPerSecond;

    private static readonly string[] columns = ["TIME", "TIME(s)", "PID", "COMM", "IP", "LADDR", "LPORT", "RADDR", "RPORT", "TX_KB", "RX_KB", "MS"];

    /// <summary>Whether it begins with names of columns.</summary>
    internal static bool Looks(ReadOnlyMemory<byte> first) => ColumnsOf(ImportText.Start(first).Split('\n')[0], out _) is not null;

    /// <exception cref="CaptureFormatException">A line is no row.</exception>
    internal static IEnumerable<TcpEvent> Read(ImportSource source)
    {
        using var reader = ImportText.Reader(source.Input);
        using var sorted = new EventSort();
        string[]? names = null;
        var (separator, commAt, ids) = (' ', 0, 0ul);
        var clock = new DayClock();
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (ColumnsOf(line, out var by) is { } found)
            {
                names = found.Contains("TIME") || found.Contains("TIME(s)")
                    ? found
                    : throw ImportText.Wrong(number, "there is no column of times; have tcplife print them with -t or -T");
                (separator, commAt) = (by, line.IndexOf("COMM", StringComparison.Ordinal));
                continue;
            }

            var row = new Row(names ?? throw ImportText.Wrong(number, "expected a line with the names of the columns before it, as tcplife prints it first"), number, clock);
            row.Parse(line, separator, commAt);
            var closed = row.Event with { Connection = ++ids, Type = TcpEventType.Close };
            // The table does not say which end called connect: services have the lower port.
            sorted.Add(new TcpEvent
            {
                Connection = ids,
                Type = closed.LocalPort < closed.PeerPort ? TcpEventType.Accept : TcpEventType.Connect,
                Timestamp = closed.Timestamp - Math.Min(row.Lifetime, closed.Timestamp),
                Pid = closed.Pid,
                Comm = closed.Comm,
                IpVersion = closed.IpVersion,
                LocalAddress = closed.LocalAddress,
                LocalPort = closed.LocalPort,
                PeerAddress = closed.PeerAddress,
                PeerPort = closed.PeerPort,
            });
            sorted.Add(closed);
        }

        foreach (var one in sorted.All())
        {
            yield return one;
        }
    }

    /// <returns>Null if the line has anything else than names of columns.</returns>
    private static string[]? ColumnsOf(string line, out char separator)
    {
        separator = line.Contains(',', StringComparison.Ordinal) ? ',' : ' ';
        var words = line.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length >= 9 && words.All(columns.Contains) && words.Contains("COMM") && words[^1] == "MS" ? words : null;
    }

    /// <summary>Times of day without a date: one that is much earlier than that before it is of the next day.</summary>
    private sealed class DayClock
    {
        private long days;
        private long last;

        internal bool Parse(string text, out ulong time)
        {
            time = 0;
            if (!TimeOnly.TryParseExact(text, "HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var clock))
            {
                return false;
            }

            var now = clock.Ticks * 100;
            days += now < last - (Day / 2) ? Day : 0;
            last = now;
            time = (ulong)(ImportText.Begin + days + now);
            return true;
        }
    }

    /// <summary>One row. A thread's name may have blanks and commas in it, and so stands between what is told from either end.</summary>
    private sealed class Row(string[] names, int number, DayClock clock)
    {
        private TcpEvent e;
        private ulong lifetime;

        internal TcpEvent Event => e;

        internal ulong Lifetime => lifetime;

        internal void Parse(string line, char separator, int commAt)
        {
            var before = Array.IndexOf(names, "COMM");
            var (from, to) = (0, line.AsSpan().TrimEnd(" \r").Length);
            for (var i = 0; i < before; i++)
            {
                while (separator == ' ' && from < to && line[from] == ' ')
                {
                    from++;
                }

                var end = line.IndexOf(separator, from) is >= 0 and var at && at < to ? at : to;
                Set(names[i], line[from..end]);
                from = Math.Min(end + 1, to);
            }

            var (hasV4, hasV6) = (false, false);
            for (var i = names.Length - 1; i > before; i--)
            {
                to = separator == ' ' ? line.AsSpan(0, to).TrimEnd(' ').Length : to;
                var begin = line.AsSpan(0, to).LastIndexOf(separator) + 1;
                if (begin <= from)
                {
                    throw ImportText.Wrong(number, $"there are too few columns; expected {string.Join(separator, names)}");
                }

                Set(names[i], line[begin..to]);
                hasV4 |= names[i] is "LADDR" or "RADDR" && e.IpVersion == 4;
                hasV6 |= names[i] is "LADDR" or "RADDR" && e.IpVersion == 6;
                to = begin - 1;
            }

            if (hasV4 == hasV6)
            {
                throw ImportText.Wrong(number, "the addresses are not both of one family");
            }

            // It begins where its column does, or behind a wider column before it.
            var start = separator == ' ' && commAt > from && commAt < to && string.IsNullOrWhiteSpace(line[from..commAt]) ? commAt : from;
            Set("COMM", line[start..Math.Max(start, to)].TrimEnd(' '));
        }

        private void Set(string column, string text)
        {
            var isRight = column switch
            {
                "TIME" or "TIME(s)" when text.Contains(':', StringComparison.Ordinal) => clock.Parse(text, out e.Timestamp),
                "TIME" or "TIME(s)" => ImportText.Seconds(text, ImportText.Begin, out e.Timestamp),
                "PID" => ImportText.Number(text, uint.MaxValue, v => (uint)v, out e.Pid),
                "IP" => text is "4" or "6",
                "LADDR" => ImportText.Address(text, out e.LocalAddress, out e.IpVersion),
                "RADDR" => ImportText.Address(text, out e.PeerAddress, out e.IpVersion),
                "LPORT" => ImportText.Port(text, out e.LocalPort),
                "RPORT" => ImportText.Port(text, out e.PeerPort),
                "TX_KB" => text == "-" || Sent(text),
                "RX_KB" => text == "-" || ImportText.Amount(text, 1024, out e.BytesReceived),
                "MS" => ImportText.Amount(text, 1_000_000, out lifetime),
                _ => ImportText.Comm(text, out e.Comm),
            };
            if (!isRight)
            {
                throw ImportText.Wrong(number, $"{column} is '{text}'");
            }
        }

        private bool Sent(string text)
        {
            var isRight = ImportText.Amount(text, 1024, out e.BytesAcked);
            // What was sent again is not known.
            e.BytesSent = e.BytesAcked;
            return isRight;
        }
    }
}
