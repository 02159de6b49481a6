using System.Globalization;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>
/// The tables that tcptracer prints: bcc's with <c>-t</c> or <c>-v -t</c>, with <c>-U</c> or without, and that of libbpf-tools with <c>-t</c>. The line
/// with the names of the columns says which it is. A thread's name may have blanks in it, and so stands between what is told from either end.
/// </summary>
internal static class TcptracerText
{
    private const string Banner = "Tracing TCP established connections";

    private static readonly string[] columns = ["TIME(s)", "TIME(ns)", "UID", "T", "TYPE", "PID", "COMM", "IP", "SADDR", "DADDR", "SPORT", "DPORT", "NETNS"];

    /// <summary>Whether it begins with the banner, or with names of columns.</summary>
    internal static bool Looks(ReadOnlyMemory<byte> first)
    {
        var text = ImportText.Start(first);
        return text.StartsWith(Banner, StringComparison.Ordinal) || ColumnsOf(text.Split('\n')[0]) is not null;
    }

    /// <exception cref="CaptureFormatException">A line is no row.</exception>
    internal static IEnumerable<TcpEvent> Read(ImportSource source)
    {
        // Names of threads are bytes.
        using var reader = ImportText.Reader(source.Input);
        var sorted = new SortedEvents();
        string[]? names = null;
        var commAt = 0;
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.StartsWith(Banner, StringComparison.Ordinal) || string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (ColumnsOf(line) is { } found)
            {
                names = found.Any(name => name.StartsWith("TIME", StringComparison.Ordinal))
                    ? found
                    : throw ImportText.Wrong(number, "there is no column of times; have tcptracer print them with -t");
                commAt = line.IndexOf("COMM", StringComparison.Ordinal);
                continue;
            }

            sorted.Add(Parse(line, names ?? throw ImportText.Wrong(number, "expected a line with the names of the columns before it, as tcptracer prints it first"), commAt, number));
            while (sorted.TryTake(out var one, atEnd: false))
            {
                yield return one;
            }
        }

        while (sorted.TryTake(out var one, atEnd: true))
        {
            yield return one;
        }
    }

    /// <returns>Null if the line has anything else than names of columns.</returns>
    private static string[]? ColumnsOf(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length > 7 && words.All(columns.Contains) && words.Contains("COMM") ? words : null;
    }

    private static TcpEvent Parse(string line, string[] names, int commAt, int number)
    {
        var e = default(TcpEvent);
        var before = Array.IndexOf(names, "COMM");
        var (from, to) = (0, line.Length);
        for (var i = 0; i < before; i++)
        {
            from = Skip(line, from);
            var end = Math.Max(line.IndexOf(' ', from), from);
            Set(ref e, names[i], line[from..end], number);
            from = end;
        }

        var (hasV4, hasV6) = (false, false);
        for (var i = names.Length - 1; i > before; i--)
        {
            var end = line.AsSpan(0, to).TrimEnd(' ').Length;
            var begin = line.AsSpan(0, end).LastIndexOf(' ') + 1;
            if (begin <= from)
            {
                throw ImportText.Wrong(number, $"there are too few columns; expected {string.Join(' ', names)}");
            }

            Set(ref e, names[i], line[begin..end], number);
            var isV6 = line.AsSpan(begin, end - begin).Contains(':');
            hasV6 |= isV6;
            hasV4 |= !isV6 && names[i] is ("SADDR" or "DADDR");
            to = begin;
        }

        // It begins where its column does, or behind a wider column before it; blanks at its end fill the column.
        var start = Math.Clamp(string.IsNullOrWhiteSpace(line[from..Math.Clamp(commAt, from, to)]) ? Math.Max(from + 1, commAt) : from + 1, from, to);
        Set(ref e, "COMM", line[start..to].TrimEnd(' '), number);
        return hasV4 != hasV6 && hasV6 == (e.IpVersion == 6) ? e : throw ImportText.Wrong(number, "the addresses are not both of the family that the column IP says");
    }

    private static int Skip(string line, int at)
    {
        while (at < line.Length && line[at] == ' ')
        {
            at++;
        }

        return at;
    }

    private static void Set(ref TcpEvent e, string column, string text, int number)
    {
        var isRight = column switch
        {
            "TIME(s)" => ImportText.Seconds(text, ImportText.Begin, out e.Timestamp),
            "TIME(ns)" => Nanoseconds(text, out e.Timestamp),
            "T" or "TYPE" => Type(text, out e.Type),
            // That of libbpf-tools is a number with a sign.
            "UID" => text.StartsWith('-') ? ImportText.Number(text[1..], int.MaxValue, v => (uint)-(int)v, out e.Uid) : ImportText.Number(text, uint.MaxValue, v => (uint)v, out e.Uid),
            "PID" => ImportText.Number(text, uint.MaxValue, v => (uint)v, out e.Pid),
            "IP" => ImportText.Number(text, 6, v => (byte)v, out e.IpVersion) && e.IpVersion is 4 or 6,
            "SADDR" => ImportText.Address(text, out e.LocalAddress),
            "DADDR" => ImportText.Address(text, out e.PeerAddress),
            "SPORT" => ImportText.Number(text, ushort.MaxValue, v => (ushort)v, out e.LocalPort),
            "DPORT" => ImportText.Number(text, ushort.MaxValue, v => (ushort)v, out e.PeerPort),
            "NETNS" => ImportText.Number(text, uint.MaxValue, v => (uint)v, out e.Netns),
            _ => ImportText.Comm(text, out e.Comm),
        };
        if (!isRight)
        {
            throw ImportText.Wrong(number, $"{column} is '{text}'");
        }
    }

    private static bool Nanoseconds(string text, out ulong time)
    {
        var isTime = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds) && nanoseconds is > -ImportText.Begin and < long.MaxValue - ImportText.Begin;
        time = isTime ? (ulong)(ImportText.Begin + nanoseconds) : 0;
        return isTime;
    }

    private static bool Type(string text, out TcpEventType type)
    {
        var words = EventTypes.All.FirstOrDefault(one => one.Word == text || (text.Length == 1 && one.Letter == text[0]));
        type = words?.Type ?? default;
        return words is not null;
    }
}
