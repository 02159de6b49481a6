using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Metrics;

/// <summary>The connections of one group, such as <c>port=443</c>.</summary>
public sealed record ConnectionSelector
{
    private static readonly (string Name, GroupBy By)[] names =
    [
        ("process", GroupBy.Process),
        ("peer", GroupBy.Peer),
        ("service", GroupBy.Service),
        ("port", GroupBy.Port),
        ("errno", GroupBy.Errno),
        ("container", GroupBy.Container),
        ("unit", GroupBy.Unit),
        ("cgroup", GroupBy.Cgroup),
    ];

    private readonly GroupKey key;
    private readonly CgroupFilter? cgroup;

    private readonly string text;

    private ConnectionSelector(GroupBy by, GroupKey key, CgroupFilter? cgroup, string text) =>
        (By, this.key, this.cgroup, this.text) = (by, key, cgroup, text);

    /// <summary>What the group has in common.</summary>
    public GroupBy By { get; }

    /// <summary>Reads a name of <c>summary --by</c>, an equals sign and a group, which may be in double quotes.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ConnectionSelector Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = (equals < 0 ? text : text[..equals]).Trim();
        var (known, by) = Array.Find(names, one => one.Name == name);
        if (known is null || equals < 0)
        {
            throw new FormatException($"one of {string.Join(", ", names.Select(one => $"{one.Name}="))} is expected");
        }

        var bytes = ReadValue(text, equals + 1);
        var value = Encoding.UTF8.GetString(bytes);
        return by switch
        {
            GroupBy.Container or GroupBy.Unit or GroupBy.Cgroup =>
                new ConnectionSelector(by, new GroupKey { Name = value }, CgroupOf(by, value), text.Trim()),
            GroupBy.Process => new ConnectionSelector(by, ProcessOf(bytes), null, text.Trim()),
            _ => new ConnectionSelector(by, KeyOf(by, value), null, text.Trim()),
        };
    }

    /// <summary>Whether a connection is of the group.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="recording">What it was recorded in.</param>
    public bool Matches(in Connection connection, RecordedSpan recording) =>
        cgroup?.Matches(connection.CgroupIn(recording))
        ?? ((By != GroupBy.Errno || connection.Ending == ConnectionEnding.Failed) && GroupKey.Of(in connection, recording, By) == key);

    /// <summary>Selectors are equal that select the same.</summary>
    public bool Equals(ConnectionSelector? other) => other is not null && By == other.By && key == other.key;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(By, key);

    /// <summary>The selector as it was written.</summary>
    public override string ToString() => text;

    private static byte[] ReadValue(string text, int begin)
    {
        var value = text[begin..].TrimStart();
        if (!value.StartsWith('"'))
        {
            return Encoding.UTF8.GetBytes(value.TrimEnd());
        }

        var at = text.Length - value.Length;
        var quoted = QuotedText.Read(text, ref at);
        return string.IsNullOrWhiteSpace(text[at..])
            ? quoted
            : throw new SelectorFormatException("nothing is expected behind the closing \"", at, text.Length - at);
    }

    private static GroupKey ProcessOf(byte[] name) => name.Length is > 0 and < ThreadName.Size && !name.Contains((byte)0)
        ? new GroupKey { Comm = new ThreadName(name) }
        : throw new FormatException($"a thread's name of 1 to {ThreadName.Size - 1} bytes is expected");

    private static CgroupFilter CgroupOf(GroupBy by, string text) => by switch
    {
        GroupBy.Container when text.Length > 0 && text.All(char.IsAsciiHexDigit) => new CgroupFilter(text, null, null),
        GroupBy.Container => throw new FormatException("the first hexadecimal digits of a container's id are expected"),
        GroupBy.Unit when text.Length > 0 && !text.Contains('/', StringComparison.Ordinal) => new CgroupFilter(null, text, null),
        GroupBy.Unit => throw new FormatException("a unit such as nginx or user.slice is expected"),
        _ when text.StartsWith('/') => new CgroupFilter(null, null, text),
        _ => throw new FormatException("a path from the root of the hierarchy, such as /system.slice, is expected"),
    };

    private static GroupKey KeyOf(GroupBy by, string text) => by switch
    {
        GroupBy.Peer when InetText.TryParse(text, out var address, out var version) => Address(address, version, 0),
        GroupBy.Peer => throw new FormatException("an address such as 10.0.0.2 or fd00::2 is expected"),
        GroupBy.Service when TryParseService(text, out var service) => service,
        GroupBy.Service => throw new FormatException("an address and a port such as 10.0.0.2:80 or [fd00::2]:80 is expected"),
        GroupBy.Port when TryParsePort(text, out var port) => new GroupKey { Port = port },
        GroupBy.Port => throw new FormatException("a port from 1 to 65535 is expected"),
        GroupBy.Errno when Errno.TryParse(text, out var error) => new GroupKey { Error = error },
        _ => throw new FormatException($"an error such as ECONNREFUSED, 111 or {Errno.Aborted} is expected"),
    };

    private static bool TryParseService(string text, out GroupKey key)
    {
        key = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !TryParsePort(text[(colon + 1)..], out var port))
        {
            return false;
        }

        var isBracketed = colon > 2 && text[0] == '[' && text[colon - 1] == ']';
        if (!InetText.TryParse(isBracketed ? text[1..(colon - 1)] : text[..colon], out var address, out var version)
            || isBracketed != (version == 6))
        {
            return false;
        }

        key = Address(address, version, port);
        return true;
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;

    private static GroupKey Address(Address address, int version, ushort port)
    {
        // Groups have IPv4-mapped addresses as IPv4.
        var ip = address.ToIPAddress(version);
        return ip.IsIPv4MappedToIPv6
            ? new GroupKey { Address = new Address(ip.MapToIPv4()), IpVersion = 4, Port = port }
            : new GroupKey { Address = address, IpVersion = (byte)version, Port = port };
    }
}
