using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
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
/// or which fields make it. Options, tables, JSON and documentation go by
/// <see cref="All"/>.
/// </summary>
internal sealed class Grouping
{
    private readonly KeyOf key;
    private readonly Func<GroupKey, string> text;
    private readonly Func<GroupKey, IReadOnlyList<FieldValue>> values;

    private Grouping(
        string word, string plural, string meaning, KeyOf key, Func<GroupKey, string> text, IReadOnlyList<Field> fields, Func<GroupKey, IReadOnlyList<FieldValue>> values)
    {
        (Word, Plural, Meaning, Fields) = (word, plural, meaning, fields);
        (this.key, this.text, this.values) = (key, text, values);
    }

    private delegate GroupKey KeyOf(in Connection connection, RecordedSpan recording);

    /// <summary>All that users may ask for, in the order of <see cref="GroupBy"/>. docs/analysis.md has the same list.</summary>
    public static IReadOnlyList<Grouping> All { get; } =
    [
        new("process", "processes", "the name of the owner's thread, so that a thousand runs of `curl` are one", Process, key => key.ProcessText,
            [CommonFields.Process], key => [FieldValue.Of(key.Comm)]) { IsOfSource = true },
        new("peer", "peers", "the address at the other end", Peer, key => key.EndText, [ConnectionFields.Peer], key => [FieldValue.Of(key.Address, key.IpVersion)]),
        new("service", "services", "the address and port that was connected to", Service, key => key.EndText,
            [ConnectionFields.Service], key => [FieldValue.Of(key.Address, key.IpVersion, key.Port)]),
        new("port", "ports", "the port that was connected to", Port, key => key.Port.ToString(CultureInfo.InvariantCulture),
            [ConnectionFields.Port], key => [FieldValue.Of(key.Port)]) { IsOfSource = true },
        new("errno", "errors", "why a connect failed, of those that did", Error, key => Errno.NameOf(key.Error), [CommonFields.Errno], key => [FieldValue.Of(key.Error)])
        {
            Title = "reasons of failures",
            IsOfFailures = true,
        },
        OfCgroup("container", "containers", "the owner's container", CommonFields.Container, cgroup => cgroup.Container),
        OfCgroup("unit", "units", "the owner's systemd unit", CommonFields.Unit, cgroup => cgroup.Unit),
        OfCgroup("cgroup", "cgroups", "the path of the owner's cgroup", CommonFields.Cgroup, cgroup => cgroup.Path),
    ];

    /// <summary>The host that recorded it.</summary>
    internal static Grouping Host { get; } = new("host", "hosts", "the host that recorded them", (in connection, recording) =>
        new GroupKey { IsKnown = true, Name = recording.HostOf(connection.Id) }, key => PrintableText.Of((string)key.Name!), [CommonFields.Host], key => [FieldValue.Of((string)key.Name!)]);

    /// <summary>The owner's name and the service, who does what: what findings go by.</summary>
    internal static Grouping ProcessAndService { get; } = new("process and service", "processes and services", "who connects to what", (in connection, recording) =>
        Service(in connection, recording) with { Comm = connection.Owner.Comm }, key => $"{key.ProcessText} to {key.EndText}", [], _ => []);

    /// <summary>The local address and the service, what shares a range of ephemeral ports: what findings go by.</summary>
    internal static Grouping LocalAddressAndService { get; } = new("address and service", "addresses and services", "from where to what", (in connection, recording) =>
        Service(in connection, recording) with { Local = Plain(in connection.LocalAddress, IsMapped(in connection)) }, key => $"{key.LocalText} to {key.EndText}", [], _ => []);

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

    /// <summary>Whether connections of one process to one end of theirs are always of one group.</summary>
    internal bool IsOfSource { get; private init; }

    /// <summary>What there is to know of one.</summary>
    public static Grouping Of(GroupBy by) => All[(int)by];

    /// <summary>The same; none of none.</summary>
    public static Grouping? Of(GroupBy? by) => by is { } known ? Of(known) : null;

    /// <summary>The same as <see cref="Of(GroupBy)"/>.</summary>
    public static implicit operator Grouping(GroupBy by) => Of(by);

    /// <summary>Reads the name of a grouping, or those of fields with commas between them.</summary>
    /// <exception cref="FormatException">There is no such field.</exception>
    public static Grouping Parse(string text)
    {
        if (All.FirstOrDefault(one => one.Word == text) is { } known)
        {
            return known;
        }

        var fields = text.Split(',').Select(name => FieldOf(name.Trim())).ToArray();
        return new Grouping(
            string.Join(',', fields.Select(field => field.Field.ShortName)),
            "groups",
            string.Join(", ", fields.Select(field => field.Field.Doc)),
            (in connection, recording) => TupleOf(fields, in connection, recording),
            key => string.Join(", ", fields.Zip(((FieldTuple)key.Name!).Values, (field, value) => TextOf(field.Field, in value))),
            [.. fields.Select(field => field.Field)],
            key => ((FieldTuple)key.Name!).Values);
    }

    /// <summary>The fields that groups are told apart by; none of those that only findings go by.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>What <see cref="Parse"/> reads, for messages.</summary>
    internal static string Expected { get; } =
        $"some of {string.Join(", ", All.Select(one => one.Word))}, or others that tracecap fields lists, with commas between them";

    /// <summary>The values of these fields that the connections of a group have in common.</summary>
    public IReadOnlyList<FieldValue> ValuesOf(GroupKey key) => values(key);

    /// <summary>The same for people, one by one.</summary>
    public IEnumerable<string> TextsOf(GroupKey key) => Fields is [_] ? [Text(key)] : Fields.Zip(values(key), (field, value) => TextOf(field, in value));

    /// <summary>Whether a connection is of any group.</summary>
    public bool Has(in Connection connection) => !IsOfFailures || connection.Ending == ConnectionEnding.Failed;

    /// <summary>The group of a connection.</summary>
    public GroupKey Key(in Connection connection, RecordedSpan recording) => key(in connection, recording);

    /// <summary>A group as people read it, control characters escaped.</summary>
    public string Text(GroupKey key) => text(key);

    /// <summary>A group's name as it is, for programs; what is not UTF-8 of it is U+FFFD.</summary>
    public string Name(GroupKey key) => key.Name switch
    {
        string name => name,
        FieldTuple tuple => string.Join(',', Fields.Zip(tuple.Values, (field, value) => value.IsKnown ? field.Type.Text(in value) : "")),
        _ => key.Comm != default ? key.Comm.ToString() : Text(key),
    };

    private static BoundField<ConnectionGet> FieldOf(string name) => ConnectionFields.Set.Find(name) is [var field] ? field
        : throw new FormatException(NearestWord.Find(name, ConnectionFields.Set.Names.Concat(All.Select(one => one.Word))) is { } nearest
            ? $"there is no field '{name}'; did you mean {nearest}?"
            : $"there is no field '{name}'; expected {Expected}");

    private static GroupKey TupleOf(BoundField<ConnectionGet>[] fields, in Connection connection, RecordedSpan recording)
    {
        var context = ConnectionContext.Of(recording);
        var values = new FieldValue[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var value = fields[i].Get(in connection, context);
            values[i] = value.IsKnown ? fields[i].Field.Type.KeyOf(in value) : value;
        }

        return new GroupKey { Name = new FieldTuple(values) };
    }

    private static string TextOf(Field field, in FieldValue value) => value.IsKnown ? field.Type.TextForPeople(in value) : $"(no {field.ShortName})";

    private static Grouping OfCgroup(
        string word, string plural, string meaning, Field field, Func<CgroupName, string?> name) => new(
            word,
            plural,
            meaning,
            (in connection, recording) => connection.CgroupIn(recording) is { Path.Length: > 0 } cgroup ? new GroupKey { IsKnown = true, Name = name(cgroup) } : default,
            key => key.Name is string named ? PrintableText.Of(named) : key.IsKnown ? $"(no {word})" : "(not known)",
            [field],
            key => [FieldValue.Of(key.Name as string)]);

    private static GroupKey Process(in Connection connection, RecordedSpan recording) => new() { Comm = connection.Owner.Comm };

    private static GroupKey Error(in Connection connection, RecordedSpan recording) => new() { Error = connection.Error };

    private static GroupKey Port(in Connection connection, RecordedSpan recording) =>
        new() { Port = connection.IsService ? connection.LocalPort : connection.PeerPort };

    private static GroupKey Peer(in Connection connection, RecordedSpan recording)
    {
        var isMapped = IsMapped(in connection);
        return new GroupKey { Address = Plain(in connection.PeerAddress, isMapped), IpVersion = isMapped ? (byte)4 : connection.IpVersion };
    }

    private static GroupKey Service(in Connection connection, RecordedSpan recording)
    {
        var (isMapped, isHere) = (IsMapped(in connection), connection.IsService);
        return new GroupKey
        {
            Address = isHere ? Plain(in connection.LocalAddress, isMapped) : Plain(in connection.PeerAddress, isMapped),
            Port = isHere ? connection.LocalPort : connection.PeerPort,
            IpVersion = isMapped ? (byte)4 : connection.IpVersion,
        };
    }

    private static bool IsMapped(in Connection connection) =>
        FieldValue.IsMapped(in connection.PeerAddress, connection.IpVersion);

    private static Address Plain(in Address address, bool isMapped) => isMapped ? new Address(address.Bytes[12..]) : address;
}
