using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Dialects;

/// <summary>Events and connections in the names of the Elastic Common Schema 8.17. Its source is who opened the connection, where that is
/// known, and its destination the service.</summary>
internal static class EcsFields
{
    private const string EcsVersion = "8.17.0";

    private static readonly FieldValue version = FieldValue.Of(EcsVersion);
    private static readonly FieldValue isEvent = FieldValue.Of("event");
    private static readonly FieldValue network = FieldValue.Of("network");
    private static readonly FieldValue tcp = FieldValue.Of("tcp");
    private static readonly FieldValue success = FieldValue.Of("success");
    private static readonly FieldValue failure = FieldValue.Of("failure");
    private static readonly FieldValue unknown = FieldValue.Of("unknown");
    private static readonly FieldValue ingress = FieldValue.Of("ingress");
    private static readonly FieldValue egress = FieldValue.Of("egress");
    private static readonly FieldValue start = FieldValue.Of("start");
    private static readonly FieldValue end = FieldValue.Of("end");
    private static readonly FieldValue info = FieldValue.Of("info");

    /// <summary>Of events.</summary>
    internal static IReadOnlyList<BoundField<EventGet>> OfEvents { get; } =
    [
        Same("@timestamp", "time"),
        Text("ecs.version", (in _, _) => version),
        Text("event.kind", (in _, _) => isEvent),
        Text("event.category", (in _, _) => network),
        Text("event.type", (in e, _) => e.Type is TcpEventType.Connect or TcpEventType.Accept ? start : e.Type is TcpEventType.Close or TcpEventType.Ended ? end : info),
        Same("event.action", "event.name"),
        Text("event.outcome", (in e, _) => e.Type == TcpEventType.ConnectFailed ? failure : success),
        Same("host.name", "host.name"),
        Text("network.transport", (in _, _) => tcp),
        Same("network.type", "network.type"),
        Text("network.direction", (in e, _) => e.Type == TcpEventType.Accept ? ingress : e.Type is TcpEventType.Connect or TcpEventType.ConnectFailed ? egress : default),
        // Of a close nobody says which side it was: the recorded host is the source of what is not accepted.
        OfEvent("source.ip", FieldTypes.Address, (in e, _) => e.Type == TcpEventType.Accept ? FieldValue.Plain(in e.PeerAddress, e.IpVersion) : FieldValue.Plain(in e.LocalAddress, e.IpVersion)),
        OfEvent("source.port", FieldTypes.Port, (in e, _) => FieldValue.Of(e.Type == TcpEventType.Accept ? e.PeerPort : e.LocalPort)),
        OfEvent("destination.ip", FieldTypes.Address, (in e, _) => e.Type == TcpEventType.Accept ? FieldValue.Plain(in e.LocalAddress, e.IpVersion) : FieldValue.Plain(in e.PeerAddress, e.IpVersion)),
        OfEvent("destination.port", FieldTypes.Port, (in e, _) => FieldValue.Of(e.Type == TcpEventType.Accept ? e.LocalPort : e.PeerPort)),
        Same("process.pid", "process.pid"),
        Same("process.name", "thread.name"),
        Same("process.thread.id", "thread.id"),
        Same("user.id", "user.id"),
        Same("container.id", "container.id"),
        Same("container.runtime", "container.runtime.name"),
        Same("error.code", "error.type"),
    ];

    /// <summary>Of connections.</summary>
    internal static IReadOnlyList<BoundField<ConnectionGet>> OfConnections { get; } =
    [
        Of("@timestamp", "ended.time"),
        Constant("ecs.version", (in _, _) => version),
        Constant("event.kind", (in _, _) => isEvent),
        Constant("event.category", (in _, _) => network),
        Constant("event.type", (in c, _) => c.Ending == ConnectionEnding.Open ? info : end),
        Of("event.action", "ending"),
        Constant("event.outcome", (in c, _) => c.Ending switch
        {
            ConnectionEnding.Closed => success,
            ConnectionEnding.Failed or ConnectionEnding.Reset => failure,
            _ => unknown,
        }),
        Of("event.start", "opened.time"),
        Connected("event.end", FieldTypes.Instant, (in c, context) => c.Ending == ConnectionEnding.Open ? default : FieldValue.At(c.Ended, context.WallOffset(c.Ended))),
        Of("event.duration", "lifetime_ns"),
        Of("host.name", "host.name"),
        Constant("network.transport", (in _, _) => tcp),
        Of("network.type", "network.type"),
        Constant("network.direction", (in c, _) => c.IsService ? ingress : egress),
        Connected("network.bytes", FieldTypes.Bytes, (in c, _) => FieldValue.If(c.HasCounters, c.PayloadSent + c.PayloadReceived)),
        Connected("network.packets", FieldTypes.Count, (in c, _) => FieldValue.If(c.HasCounters, (ulong)c.SegmentsSent + c.SegmentsReceived)),
        Connected("source.ip", FieldTypes.Address, (in c, _) => c.IsService ? FieldValue.Plain(in c.PeerAddress, c.IpVersion) : FieldValue.Plain(in c.LocalAddress, c.IpVersion)),
        Connected("source.port", FieldTypes.Port, (in c, _) => FieldValue.Of(c.IsService ? c.PeerPort : c.LocalPort)),
        Connected("source.bytes", FieldTypes.Bytes, (in c, _) => FieldValue.If(c.HasCounters, c.IsService ? c.PayloadReceived : c.PayloadSent)),
        Connected("source.packets", FieldTypes.Count, (in c, _) => FieldValue.If(c.HasCounters, c.IsService ? c.SegmentsReceived : c.SegmentsSent)),
        Connected("destination.ip", FieldTypes.Address, (in c, _) => c.IsService ? FieldValue.Plain(in c.LocalAddress, c.IpVersion) : FieldValue.Plain(in c.PeerAddress, c.IpVersion)),
        Connected("destination.port", FieldTypes.Port, (in c, _) => FieldValue.Of(c.IsService ? c.LocalPort : c.PeerPort)),
        Connected("destination.bytes", FieldTypes.Bytes, (in c, _) => FieldValue.If(c.HasCounters, c.IsService ? c.PayloadSent : c.PayloadReceived)),
        Connected("destination.packets", FieldTypes.Count, (in c, _) => FieldValue.If(c.HasCounters, c.IsService ? c.SegmentsSent : c.SegmentsReceived)),
        Of("process.pid", "process.pid"),
        Of("process.name", "thread.name"),
        Of("process.thread.id", "thread.id"),
        Of("user.id", "user.id"),
        Of("container.id", "container.id"),
        Of("container.runtime", "container.runtime.name"),
        Of("error.code", "error.type"),
    ];

    private static BoundField<EventGet> Same(string name, string field)
    {
        var known = EventFields.Set.Find(field)![0];
        return new(new Field(name, known.Field.Type, known.Field.Doc), known.Get);
    }

    private static BoundField<EventGet> Text(string name, EventGet get) => OfEvent(name, FieldTypes.Text, get);

    private static BoundField<EventGet> OfEvent(string name, FieldType type, EventGet get) => new(new Field(name, type, ""), get);

    private static BoundField<ConnectionGet> Of(string name, string field)
    {
        var known = ConnectionFields.Set.Find(field)![0];
        return new(new Field(name, known.Field.Type, known.Field.Doc), known.Get);
    }

    private static BoundField<ConnectionGet> Constant(string name, ConnectionGet get) => Connected(name, FieldTypes.Text, get);

    private static BoundField<ConnectionGet> Connected(string name, FieldType type, ConnectionGet get) => new(new Field(name, type, ""), get);
}
