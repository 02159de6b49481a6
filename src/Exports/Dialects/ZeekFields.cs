using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Dialects;

/// <summary>Seconds with six decimals, as Zeek's types time and interval are written; JSON has them as numbers.</summary>
/// <param name="zeek">The type that Zeek calls it.</param>
internal sealed class ZeekSeconds(string zeek) : FieldType(zeek, "seconds")
{
    /// <inheritdoc />
    internal override JsonShape Shape => JsonShape.Number;

    /// <inheritdoc />
    internal override string Text(in FieldValue value) =>
        string.Create(CultureInfo.InvariantCulture, $"{value.Number / 1_000_000_000}.{value.Number / 1000 % 1_000_000:D6}");

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) => throw Wrong();
}

/// <summary>The columns of Zeek's conn.log (base/protocols/conn/main.zeek): the originator is who opened the connection, the responder
/// the service. What only packets tell is not set.</summary>
internal static class ZeekFields
{
    private const ushort ConnectionRefused = 111;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly ZeekSeconds time = new("time");
    private static readonly ZeekSeconds interval = new("interval");
    private static readonly FieldValue tcp = FieldValue.Of("tcp");
    private static readonly Dictionary<string, FieldValue> states = new[] { "S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "OTH" }.ToDictionary(state => state, state => FieldValue.Of(state));

    /// <summary>What Zeek calls the types of the columns that are not named by their own.</summary>
    private static readonly Dictionary<FieldType, string> types = new()
    {
        [time] = "time",
        [interval] = "interval",
        [FieldTypes.Address] = "addr",
        [FieldTypes.Port] = "port",
        [FieldTypes.Count] = "count",
        [FieldTypes.Bytes] = "count",
        [FieldTypes.Flag] = "bool",
    };

    /// <summary>All columns, in Zeek's order.</summary>
    internal static IReadOnlyList<BoundField<ConnectionGet>> All { get; } =
    [
        Of("ts", time, (in c, context) => FieldValue.At(c.Opened, context.WallOffset(c.Opened)) is { Kind: 1 } at ? FieldValue.Of((ulong)at.Bits) : default),
        Of("uid", FieldTypes.Text, (in c, context) => FieldValue.Of(UidOf(in c, context))),
        Of("id.orig_h", FieldTypes.Address, (in c, _) => c.IsService ? FieldValue.Plain(in c.PeerAddress, c.IpVersion) : FieldValue.Plain(in c.LocalAddress, c.IpVersion)),
        Of("id.orig_p", FieldTypes.Port, (in c, _) => FieldValue.Of(c.IsService ? c.PeerPort : c.LocalPort)),
        Of("id.resp_h", FieldTypes.Address, (in c, _) => c.IsService ? FieldValue.Plain(in c.LocalAddress, c.IpVersion) : FieldValue.Plain(in c.PeerAddress, c.IpVersion)),
        Of("id.resp_p", FieldTypes.Port, (in c, _) => FieldValue.Of(c.IsService ? c.LocalPort : c.PeerPort)),
        Of("proto", FieldTypes.Text, (in _, _) => tcp),
        NotSet("service", FieldTypes.Text),
        Of("duration", interval, (in c, _) => FieldValue.If(c.Ending != ConnectionEnding.Failed, c.Lifetime)),
        Of("orig_bytes", FieldTypes.Bytes, (in c, _) => FieldValue.If(c.HasCounters, c.IsService ? c.PayloadReceived : c.PayloadSent)),
        Of("resp_bytes", FieldTypes.Bytes, (in c, _) => FieldValue.If(c.HasCounters, c.IsService ? c.PayloadSent : c.PayloadReceived)),
        Of("conn_state", FieldTypes.Text, (in c, _) => states[StateOf(in c)]),
        Of("local_orig", FieldTypes.Flag, (in c, _) => FieldValue.Of(!c.IsService || c.IsJoined)),
        Of("local_resp", FieldTypes.Flag, (in c, _) => FieldValue.Of(c.IsService || c.IsJoined)),
        NotSet("missed_bytes", FieldTypes.Count),
        NotSet("history", FieldTypes.Text),
        Of("orig_pkts", FieldTypes.Count, (in c, _) => FieldValue.If(c.HasCounters, c.IsService ? c.SegmentsReceived : c.SegmentsSent)),
        NotSet("orig_ip_bytes", FieldTypes.Count),
        Of("resp_pkts", FieldTypes.Count, (in c, _) => FieldValue.If(c.HasCounters, c.IsService ? c.SegmentsSent : c.SegmentsReceived)),
        NotSet("resp_ip_bytes", FieldTypes.Count),
        NotSet("tunnel_parents", FieldTypes.Text),
    ];

    /// <summary>What Zeek calls the type of a column.</summary>
    internal static string TypeOf(string name, FieldType type) => name switch
    {
        "proto" => "enum",
        "tunnel_parents" => "set[string]",
        _ => types.GetValueOrDefault(type, "string"),
    };

    /// <summary>Zeek's word for how a connection went: who reset it is known by which end did.</summary>
    internal static string StateOf(in Connection c) => c.Ending switch
    {
        ConnectionEnding.Failed => c.Error == ConnectionRefused ? "REJ" : "S0",
        ConnectionEnding.Open => c.IsConnecting ? "S0" : c.IsPreexisting ? "OTH" : "S1",
        _ when c.IsPreexisting => "OTH",
        ConnectionEnding.Closed => c.EndedBy == TcpEnd.HalfClosed ? c.IsService ? "S3" : "S2" : "SF",
        // Without an end all that is known is that it was not this end.
        ConnectionEnding.Reset when c.EndedBy is TcpEnd.ResetSent or TcpEnd.Aborted => c.IsService ? "RSTR" : "RSTO",
        ConnectionEnding.Reset when c.EndedBy is TcpEnd.ResetReceived or TcpEnd.Unknown => c.IsService ? "RSTO" : "RSTR",
        ConnectionEnding.Reset => "S1",
        _ => "OTH",
    };

    /// <summary>As Zeek's: C and up to 17 digits of base 62, the same for the same connection of the same boot.</summary>
    private static string UidOf(in Connection c, ConnectionContext context)
    {
        var hash = XxHash128.HashToUInt128(MemoryMarshal.AsBytes<ulong>([c.Id, c.Opened, c.Netns, ((ulong)c.LocalPort << 16) | c.PeerPort]), (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(context.Recording.BootId)));
        Span<char> text = stackalloc char[18];
        text[0] = 'C';
        for (var i = 1; i < text.Length; i++)
        {
            (hash, var digit) = UInt128.DivRem(hash, 62);
            text[i] = Digits[(int)digit];
        }

        return new string(text);
    }

    private static BoundField<ConnectionGet> NotSet(string name, FieldType type) => Of(name, type, (in _, _) => default);

    private static BoundField<ConnectionGet> Of(string name, FieldType type, ConnectionGet get) => new(new Field(name, type, ""), get);
}
