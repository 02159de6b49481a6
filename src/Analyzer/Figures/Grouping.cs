using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Figures;

/// <summary>By what connections are told apart; <see cref="Grouping"/> says what each means.</summary>
public enum GroupBy
{
    /// <summary>The name of the owner's thread, so that many short processes of one program are one.</summary>
    Process,

    /// <summary>The peer's address.</summary>
    Peer,

    /// <summary>The address and port that was connected to.</summary>
    Service,

    /// <summary>The port that was connected to.</summary>
    Port,

    /// <summary>Why it failed; of those that did.</summary>
    Errno,

    /// <summary>The owner's container.</summary>
    Container,

    /// <summary>The owner's systemd unit.</summary>
    Unit,

    /// <summary>The owner's cgroup.</summary>
    Cgroup,
}

/// <summary>
/// A way to tell connections apart: the one place that says what it is called, which key a connection has, how that reads,
/// and how it is written in a selector such as <c>port=443</c>. Options, selectors, tables, JSON and documentation go by
/// <see cref="All"/>.
/// </summary>
internal sealed class Grouping
{
    private readonly KeyOf key;
    private readonly Func<GroupKey, string> text;

    private Grouping(string word, string plural, string meaning, KeyOf key, Func<GroupKey, string> text) =>
        (Word, Plural, Meaning, this.key, this.text) = (word, plural, meaning, key, text);

    private delegate GroupKey KeyOf(in Connection connection, RecordedSpan recording);

    /// <summary>All that users may ask for, in the order of <see cref="GroupBy"/>. docs/analysis.md has the same list.</summary>
    public static IReadOnlyList<Grouping> All { get; } =
    [
        new("process", "processes", "the name of the owner's thread, so that a thousand runs of `curl` are one", Process, key => key.ProcessText)
        {
            Parse = ParseProcess,
            Expected = $"a thread's name of 1 to {ThreadName.Size - 1} bytes",
        },
        new("peer", "peers", "the address at the other end", Peer, key => key.EndText)
        {
            Parse = OfText(ParsePeer),
            Expected = "an address such as 10.0.0.2 or fd00::2",
        },
        new("service", "services", "the address and port that was connected to", Service, key => key.EndText)
        {
            Parse = OfText(ParseService),
            Expected = "an address and a port such as 10.0.0.2:80 or [fd00::2]:80",
        },
        new("port", "ports", "the port that was connected to", Port, key => key.Port.ToString(CultureInfo.InvariantCulture))
        {
            Parse = OfText(text => TryParsePort(text, out var port) ? new GroupKey { Port = port } : null),
            Expected = "a port from 1 to 65535",
        },
        new("errno", "errors", "why a connect failed, of those that did", Error, key => Errno.NameOf(key.Error))
        {
            Parse = OfText(text => Errno.TryParse(text, out var error) ? new GroupKey { Error = error } : null),
            Expected = $"an error such as ECONNREFUSED, 111 or {Errno.NameOf(0)}",
            Title = "reasons of failures",
            IsOfFailures = true,
        },
        OfCgroup("container", "containers", "the owner's container", cgroup => cgroup.Container,
            text => text.Length > 0 && text.All(char.IsAsciiHexDigit) ? new CgroupFilter(text, null, null) : null,
            "a container's id or its first hexadecimal digits"),
        OfCgroup("unit", "units", "the owner's systemd unit", cgroup => cgroup.Unit,
            text => text.Length > 0 && !text.Contains('/', StringComparison.Ordinal) ? new CgroupFilter(null, text, null) : null,
            "a unit such as nginx or user.slice"),
        OfCgroup("cgroup", "cgroups", "the path of the owner's cgroup", cgroup => cgroup.Path,
            text => text.StartsWith('/') ? new CgroupFilter(null, null, text) : null,
            "a path from the root of the hierarchy, such as /system.slice"),
    ];

    /// <summary>The owner's name and the service, who does what: what findings go by.</summary>
    internal static Grouping ProcessAndService { get; } = new("process and service", "processes and services", "who connects to what", (in connection, recording) =>
        Service(in connection, recording) with { Comm = connection.Owner.Comm }, key => $"{key.ProcessText} to {key.EndText}");

    /// <summary>The local address and the service, what shares a range of ephemeral ports: what findings go by.</summary>
    internal static Grouping LocalAddressAndService { get; } = new("address and service", "addresses and services", "from where to what", (in connection, recording) =>
        Service(in connection, recording) with { Local = Plain(in connection.LocalAddress, IsMapped(in connection)) }, key => $"{key.LocalText} to {key.EndText}");

    /// <summary>What options, selectors and JSON call it; in capitals it is the header of a table.</summary>
    public string Word { get; }

    /// <summary>Several of the groups, in one word.</summary>
    public string Plural { get; }

    /// <summary>What connections of one group have in common.</summary>
    public string Meaning { get; }

    /// <summary>What a list of the groups is called.</summary>
    public string Title { get => field ?? Plural; private init; }

    /// <summary>Whether only connections that failed have groups.</summary>
    public bool IsOfFailures { get; private init; }

    /// <summary>What a selector's value looks like, for messages.</summary>
    internal string Expected { get; private init; } = "";

    /// <summary>Reads a selector's value, UTF-8 or whatever a thread is called; null if it is no group.</summary>
    internal Func<byte[], GroupKey?> Parse { get; private init; } = _ => null;

    /// <summary>Makes of a selector's value, which <see cref="Parse"/> accepts, the filter that decides; null where the key does.</summary>
    internal Func<GroupKey, CgroupFilter?> Filter { get; private init; } = _ => null;

    /// <summary>What there is to know of one.</summary>
    public static Grouping Of(GroupBy by) => All[(int)by];

    /// <summary>Whether a connection is of any group.</summary>
    public bool Has(in Connection connection) => !IsOfFailures || connection.Ending == ConnectionEnding.Failed;

    /// <summary>The group of a connection.</summary>
    public GroupKey Key(in Connection connection, RecordedSpan recording) => key(in connection, recording);

    /// <summary>A group as people read it, control characters escaped.</summary>
    public string Text(GroupKey key) => text(key);

    /// <summary>A group's name as it is, for programs; what is not UTF-8 of it is U+FFFD.</summary>
    public string Name(GroupKey key) => key.Name ?? (key.Comm != default ? key.Comm.ToString() : Text(key));

    private static Grouping OfCgroup(
        string word, string plural, string meaning, Func<CgroupName, string?> name, Func<string, CgroupFilter?> filter, string expected) => new(
            word,
            plural,
            meaning,
            (in connection, recording) => connection.CgroupIn(recording) is { Path.Length: > 0 } cgroup ? new GroupKey { IsKnown = true, Name = name(cgroup) } : default,
            key => key.Name is { } named ? PrintableText.Of(named) : key.IsKnown ? $"(no {word})" : "(not known)")
        {
            Parse = OfText(text => filter(text) is null ? null : new GroupKey { Name = text }),
            Filter = key => filter(key.Name!),
            Expected = expected,
        };

    private static GroupKey Process(in Connection connection, RecordedSpan recording) => new() { Comm = connection.Owner.Comm };

    private static GroupKey Error(in Connection connection, RecordedSpan recording) => new() { Error = connection.Error };

    private static GroupKey Port(in Connection connection, RecordedSpan recording) =>
        new() { Port = IsHere(in connection) ? connection.LocalPort : connection.PeerPort };

    private static GroupKey Peer(in Connection connection, RecordedSpan recording)
    {
        var isMapped = IsMapped(in connection);
        return new GroupKey { Address = Plain(in connection.PeerAddress, isMapped), IpVersion = isMapped ? (byte)4 : connection.IpVersion };
    }

    private static GroupKey Service(in Connection connection, RecordedSpan recording)
    {
        var (isMapped, isHere) = (IsMapped(in connection), IsHere(in connection));
        return new GroupKey
        {
            Address = isHere ? Plain(in connection.LocalAddress, isMapped) : Plain(in connection.PeerAddress, isMapped),
            Port = isHere ? connection.LocalPort : connection.PeerPort,
            IpVersion = isMapped ? (byte)4 : connection.IpVersion,
        };
    }

    /// <summary>Whether the service is at this end: it is what was connected to; if that is not known, the end with the lower
    /// port.</summary>
    private static bool IsHere(in Connection connection) => connection.Role == ConnectionRole.Server
        || (connection.Role == ConnectionRole.Unknown && connection.LocalPort < connection.PeerPort);

    private static bool IsMapped(in Connection connection) =>
        connection.IpVersion == 6 && connection.PeerAddress.Bytes[..12].SequenceEqual(MappedPrefix);

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    private static Address Plain(in Address address, bool isMapped) => isMapped ? new Address(address.Bytes[12..]) : address;

    private static Func<byte[], GroupKey?> OfText(Func<string, GroupKey?> parse) => bytes => parse(System.Text.Encoding.UTF8.GetString(bytes));

    private static GroupKey? ParseProcess(byte[] name) =>
        name.Length is > 0 and < ThreadName.Size && !name.Contains((byte)0) ? new GroupKey { Comm = new ThreadName(name) } : null;

    private static GroupKey? ParsePeer(string text) =>
        InetText.TryParse(text, out var address, out var version) ? AddressOf(address, version, 0) : null;

    private static GroupKey? ParseService(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !TryParsePort(text[(colon + 1)..], out var port))
        {
            return null;
        }

        var isBracketed = colon > 2 && text[0] == '[' && text[colon - 1] == ']';
        return InetText.TryParse(isBracketed ? text[1..(colon - 1)] : text[..colon], out var address, out var version)
            && isBracketed == (version == 6) ? AddressOf(address, version, port) : null;
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;

    private static GroupKey AddressOf(Address address, int version, ushort port)
    {
        // Groups have IPv4-mapped addresses as IPv4.
        var ip = address.ToIPAddress(version);
        return ip.IsIPv4MappedToIPv6
            ? new GroupKey { Address = new Address(ip.MapToIPv4()), IpVersion = 4, Port = port }
            : new GroupKey { Address = address, IpVersion = (byte)version, Port = port };
    }
}
