using TraceCap.Exports.Protobuf;
using Fields = TraceCap.Exports.Otlp.OtlpFields;

namespace TraceCap.Exports.Otlp;

/// <summary>A request that takes log records, those of one host after another, until it is full.</summary>
/// <param name="tool">What writes them, and its version.</param>
internal sealed class LogRequest(string tool)
{
    /// <summary>Servers take a few megabytes.</summary>
    private const int MostBytes = 1 << 20;

    private const int MostRecords = 2_000;

    private readonly ProtoWriter proto = new();
    private (string Host, int Resource, int Scope)? open;

    /// <summary>How many records it has.</summary>
    internal int Records { get; private set; }

    /// <summary>Whether it is to be sent before more is added.</summary>
    internal bool IsFull => Records >= MostRecords || proto.Written.Length >= MostBytes;

    /// <summary>Begins a record; attributes may follow, then <see cref="EndRecord"/>.</summary>
    /// <param name="host">Whose it is; empty if that is not known.</param>
    /// <param name="time">When it happened, nanoseconds since 1970; null if that is not known.</param>
    /// <param name="now">When it is sent.</param>
    /// <param name="severity">How bad it is.</param>
    /// <param name="eventName">What it is.</param>
    /// <param name="body">The same for people.</param>
    /// <returns>What <see cref="EndRecord"/> takes.</returns>
    internal int BeginRecord(string host, ulong? time, ulong now, int severity, string eventName, string body)
    {
        Open(host);
        var record = proto.Begin(Fields.ScopeLogs.LogRecords);
        proto.Fixed(Fields.LogRecord.TimeUnixNano, time ?? 0);
        proto.Fixed(Fields.LogRecord.ObservedTimeUnixNano, time ?? now);
        proto.Signed(Fields.LogRecord.SeverityNumber, severity);
        proto.Text(Fields.LogRecord.SeverityText, severity == Fields.LogRecord.Warn ? "WARN" : "INFO");
        var value = proto.Begin(Fields.LogRecord.Body);
        proto.Text(Fields.AnyValue.Text, body);
        proto.End(value);
        proto.Text(Fields.LogRecord.EventName, eventName);
        Records++;
        return record;
    }

    /// <summary>Adds an attribute: a text.</summary>
    internal void Attribute(string key, string value)
    {
        var (pair, any) = BeginAttribute(Fields.LogRecord.Attributes, key);
        proto.Text(Fields.AnyValue.Text, value);
        proto.End(any);
        proto.End(pair);
    }

    /// <summary>Adds an attribute: a number.</summary>
    internal void Attribute(string key, ulong value)
    {
        var (pair, any) = BeginAttribute(Fields.LogRecord.Attributes, key);
        proto.Signed(Fields.AnyValue.Integer, (long)Math.Min(value, long.MaxValue));
        proto.End(any);
        proto.End(pair);
    }

    /// <summary>Adds an attribute: true or false.</summary>
    internal void Attribute(string key, bool value)
    {
        var (pair, any) = BeginAttribute(Fields.LogRecord.Attributes, key);
        proto.Flag(Fields.AnyValue.Flag, value);
        proto.End(any);
        proto.End(pair);
    }

    /// <summary>Ends the record.</summary>
    internal void EndRecord(int record) => proto.End(record);

    /// <summary>The whole message.</summary>
    internal ReadOnlySpan<byte> Complete()
    {
        Close();
        return proto.Written;
    }

    /// <summary>Begins a new one.</summary>
    internal void Clear()
    {
        proto.Clear();
        (Records, open) = (0, null);
    }

    private void Open(string host)
    {
        if (open?.Host == host)
        {
            return;
        }

        Close();
        var logs = proto.Begin(Fields.Request.ResourceLogs);
        var resource = proto.Begin(Fields.ResourceLogs.Resource);
        ResourceAttribute("service.name", "tracecap");
        ResourceAttribute("os.type", "linux");
        if (host.Length > 0)
        {
            ResourceAttribute("host.name", host);
        }

        proto.End(resource);
        var scopeLogs = proto.Begin(Fields.ResourceLogs.ScopeLogs);
        var scope = proto.Begin(Fields.ScopeLogs.Scope);
        proto.Text(Fields.ScopeLogs.Name, "tracecap");
        proto.Text(Fields.ScopeLogs.Version, tool[(tool.LastIndexOf(' ') + 1)..]);
        proto.End(scope);
        open = (host, logs, scopeLogs);
    }

    private void Close()
    {
        if (open is var (_, logs, scope))
        {
            proto.End(scope);
            proto.End(logs);
            open = null;
        }
    }

    private void ResourceAttribute(string key, string value)
    {
        var (pair, any) = BeginAttribute(Fields.ResourceLogs.Attributes, key);
        proto.Text(Fields.AnyValue.Text, value);
        proto.End(any);
        proto.End(pair);
    }

    private (int Pair, int Value) BeginAttribute(int field, string key)
    {
        var pair = proto.Begin(field);
        proto.Text(Fields.KeyValue.Key, key);
        return (pair, proto.Begin(Fields.KeyValue.Value));
    }
}
