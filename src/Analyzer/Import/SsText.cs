using System.Globalization;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>
/// A snapshot of sockets, as <c>ss -tnp</c> of iproute2 prints it, with <c>-e</c>, <c>-i</c> and <c>-a</c> or without: what it shows was open then. Columns are
/// wide as it likes, so they are told by blanks.
/// </summary>
internal static class SsText
{
    private const string Users = "users:((\"";

    /// <summary>States as ss calls them, and as include/net/tcp_states.h does.</summary>
    private static readonly Dictionary<string, byte> states = new()
    {
        ["ESTAB"] = 1,
        ["SYN-SENT"] = TcpEvent.SynSent,
        ["FIN-WAIT-1"] = 4,
        ["FIN-WAIT-2"] = 5,
        ["CLOSE-WAIT"] = 8,
        ["LAST-ACK"] = 9,
        ["CLOSING"] = 11,
    };

    private static readonly string[] others = ["LISTEN", "UNCONN", "TIME-WAIT", "SYN-RECV", "CLOSED"];

    /// <summary>Whether it begins with the names of the columns of ss.</summary>
    internal static bool Looks(ReadOnlyMemory<byte> first) => IsHead(ImportText.Start(first).Split('\n')[0]);

    /// <exception cref="CaptureFormatException">A line is no socket, or there is another snapshot.</exception>
    internal static IEnumerable<TcpEvent> Read(ImportSource source)
    {
        using var reader = ImportText.Reader(source.Input);
        bool? hasState = null;
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (IsHead(line))
            {
                hasState = hasState is null
                    ? line.StartsWith("State", StringComparison.Ordinal)
                    : throw ImportText.Wrong(number, "here begins another snapshot, and ss does not print when it was taken; import them one by one");
                continue;
            }

            // What -i prints of a socket stands in a line of its own behind it, with a tab before it.
            if (string.IsNullOrWhiteSpace(line) || line[0] == '\t')
            {
                continue;
            }

            var withState = hasState ?? throw ImportText.Wrong(number, "expected a line with the names of the columns before it, as ss prints it first");
            if (Parse(line, withState, number, out var one) is { } why)
            {
                source.LeaveOut(why);
                continue;
            }

            yield return one;
        }
    }

    private static bool IsHead(string line) =>
        line.Contains("Recv-Q", StringComparison.Ordinal) && line.Contains("Local Address:Port", StringComparison.Ordinal) && !line.StartsWith("Netid", StringComparison.Ordinal);

    /// <returns>Why it makes no event; null if it makes one.</returns>
    private static string? Parse(string line, bool hasState, int number, out TcpEvent one)
    {
        one = new TcpEvent { Type = TcpEventType.Open, Timestamp = ImportText.Begin, State = 1 };
        var words = line.Split(' ', hasState ? 6 : 5, StringSplitOptions.RemoveEmptyEntries);
        var at = hasState ? 1 : 0;
        if (words.Length < at + 4)
        {
            throw ImportText.Wrong(number, "there are too few columns; expected State Recv-Q Send-Q Local Address:Port Peer Address:Port Process");
        }

        if (hasState && !states.TryGetValue(words[0], out one.State))
        {
            return others.Contains(words[0])
                ? $"sockets in state {words[0]}"
                : throw ImportText.Wrong(number, $"State is '{words[0]}'; expected one of {string.Join(", ", states.Keys.Concat(others))}");
        }

        (one.LocalAddress, one.LocalPort, one.IpVersion) = End(words[at + 2], "Local Address:Port", number);
        (one.PeerAddress, one.PeerPort, var version) = End(words[at + 3], "Peer Address:Port", number);
        if (version != one.IpVersion)
        {
            throw ImportText.Wrong(number, "the addresses are not both of one family");
        }

        if (version == 6 && one.PeerAddress.ToIPAddress(6).IsIPv4MappedToIPv6)
        {
            one.Flags = TcpEventFlags.V4Mapped;
        }

        SetProcess(ref one, words.Length > at + 4 ? words[at + 4] : "", number);
        return null;
    }

    private static (Address Address, ushort Port, byte Version) End(string text, string column, int number)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ImportText.Port(text[(colon + 1)..], out var port))
        {
            throw ImportText.Wrong(number, $"{column} is '{text}'; have ss print ports as numbers, with -n");
        }

        var address = text[..colon].Trim('[', ']');
        // A device behind it says where the address is from.
        address = address.Split('%')[0];
        return ImportText.Address(address, out var parsed, out var version)
            ? (parsed, port, version)
            : throw ImportText.Wrong(number, $"{column} is '{text}'; have ss print addresses, without -r");
    }

    /// <summary>Of several processes that have a socket it is the first one.</summary>
    private static void SetProcess(ref TcpEvent one, string text, int number)
    {
        // A name may be anything, also such words as stand behind it.
        var rest = text;
        if (text.StartsWith(Users, StringComparison.Ordinal))
        {
            var end = text.IndexOf("\",pid=", StringComparison.Ordinal);
            var digits = end < 0 ? "" : Until(text[(end + 6)..], ',');
            if (end < 0 || !ImportText.Number(digits, uint.MaxValue, value => (uint)value, out one.Pid) || !ImportText.Comm(text[Users.Length..end], out one.Comm))
            {
                throw ImportText.Wrong(number, $"Process is '{text}'");
            }

            rest = text[(text.LastIndexOf("))", StringComparison.Ordinal) + 1)..];
        }

        foreach (var word in rest.Split(' '))
        {
            if (word.StartsWith("uid:", StringComparison.Ordinal) && !ImportText.Number(word[4..], uint.MaxValue, value => (uint)value, out one.Uid))
            {
                throw ImportText.Wrong(number, $"uid is '{word[4..]}'");
            }

            if (word.StartsWith("sk:", StringComparison.Ordinal)
                && !ulong.TryParse(word.AsSpan(3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out one.Connection))
            {
                throw ImportText.Wrong(number, $"sk is '{word[3..]}'");
            }
        }
    }

    private static string Until(string text, char end) => text.Split(end)[0];
}
