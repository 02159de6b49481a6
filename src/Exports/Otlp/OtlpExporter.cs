using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Otlp;

/// <summary>
/// Sends connections as log records of OpenTelemetry, each when it has ended, with its fields as attributes under OpenTelemetry's names, and what was
/// lost as well. They are events, log records with a name, and not spans: a span is an operation of a trace whose context its parts hand on
/// to each other, which a kernel does not see; each connection would be a trace by itself under an id that is made up, and one
/// whose beginning or end is not known would have to claim one.
/// </summary>
/// <param name="endpoint">Where to.</param>
/// <param name="fields">What they tell.</param>
/// <param name="wait">Waits; null: as everybody does.</param>
internal sealed class OtlpExporter(OtlpEndpoint endpoint, IReadOnlyList<BoundField<ConnectionGet>> fields, Action<TimeSpan>? wait = null) : IExporter, IDisposable
{
    private const string Connection = "tracecap.connection";
    private const string Loss = "tracecap.loss";

    private readonly OtlpClient client = new(endpoint, wait ?? Thread.Sleep);
    private readonly BoundField<ConnectionGet>[] attributes = [.. fields.Where(field => field.Field != CommonFields.Host)];
    private LogRequest request = new("");
    private ulong delivered;
    private ulong rejected;
    private string message = "";

    /// <inheritdoc />
    public ExportKinds Takes => ExportKinds.Connections;

    /// <inheritdoc />
    public void Begin(ExportInfo info) => request = new LogRequest(info.Tool);

    /// <inheritdoc />
    public void Connections(in ExportedConnections batch)
    {
        foreach (ref readonly var connection in batch.Connections)
        {
            Add(in connection, batch.Context);
            if (request.IsFull)
            {
                Send();
            }
        }
    }

    /// <inheritdoc />
    public void Recorded(IReadOnlyList<RecordedSpan> recordings)
    {
        foreach (var recording in recordings)
        {
            foreach (var loss in recording.Losses)
            {
                Add(in loss, recording);
            }

            if (recording.IsTruncated)
            {
                request.EndRecord(BeginLoss(recording, recording.End, "the capture is truncated: what came after is not known"));
            }
        }
    }

    /// <inheritdoc />
    /// <exception cref="IOException">Not all was taken.</exception>
    public void End()
    {
        using (client)
        {
            Send();
        }

        if (rejected > 0)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{endpoint.Name}: the server refused {rejected:N0} of {delivered:N0} log records: {message}"));
        }
    }

    /// <inheritdoc />
    public void Dispose() => client.Dispose();

    private static ulong Now => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    private void Add(in Connection connection, ConnectionContext context)
    {
        var ended = (Int128)connection.Ended + context.WallOffset(connection.Ended);
        var record = request.BeginRecord(
            context.HostOf(in connection),
            ended is { } time && time > 0 && time <= ulong.MaxValue ? (ulong)time : null,
            Now,
            connection.Ending is ConnectionEnding.Failed or ConnectionEnding.Reset ? OtlpFields.LogRecord.Warn : OtlpFields.LogRecord.Info,
            Connection,
            Body(in connection));
        request.Attribute("network.transport", "tcp");
        foreach (var field in attributes)
        {
            var value = field.Get(in connection, context);
            if (value.IsKnown && field.Field.Type.Has(in value))
            {
                Add(field.Field, in value);
            }
        }

        request.EndRecord(record);
    }

    private void Add(Field field, in FieldValue value)
    {
        switch (field.Type.Shape)
        {
            case JsonShape.Number:
                request.Attribute(field.Name, value.Number);
                break;
            case JsonShape.Flag:
                request.Attribute(field.Name, value.Number != 0);
                break;
            default:
                request.Attribute(field.Name, field.Type.Text(in value));
                break;
        }
    }

    private void Add(in LossPeriod loss, RecordedSpan recording)
    {
        var record = BeginLoss(
            recording,
            loss.To,
            loss.AtMost is { } most
                ? string.Create(CultureInfo.InvariantCulture, $"at most {most} events were lost: connections of this time may be wrong or missing")
                : "a part of the capture is damaged, and with it an unknown number of events: connections of this time may be wrong or missing");
        if (recording.WallClock(loss.From) is { } from)
        {
            request.Attribute("from.time", WallTime.Format(from));
        }

        if (recording.WallClock(loss.To) is { } to)
        {
            request.Attribute("to.time", WallTime.Format(to));
        }

        request.Attribute("lost", loss.LossCounters.Lost);
        request.Attribute("ring_full", loss.LossCounters.RingFull);
        request.Attribute("map_full", loss.LossCounters.MapFull);
        request.Attribute("dropped", loss.LossCounters.Dropped);
        request.Attribute("probe_missed", loss.LossCounters.ProbeMissed);
        request.Attribute("damaged", loss.IsDamaged);
        request.EndRecord(record);
        if (request.IsFull)
        {
            Send();
        }
    }

    private int BeginLoss(RecordedSpan recording, ulong at, string body) =>
        request.BeginRecord(recording.Host, recording.WallClock(at), Now, OtlpFields.LogRecord.Warn, Loss, body);

    private void Send()
    {
        if (request.Records == 0)
        {
            return;
        }

        try
        {
            var (refused, said) = client.Send(request.Complete());
            rejected += Math.Min(refused, (ulong)request.Records);
            message = said.Length > 0 ? said : message;
            delivered += (ulong)request.Records;
        }
        catch (IOException error)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{error.Message}; {delivered:N0} log records were delivered before"), error);
        }

        request.Clear();
    }

    private static string Body(in Connection connection)
    {
        var service = connection.IsService
            ? FieldValue.Plain(in connection.LocalAddress, connection.IpVersion, connection.LocalPort)
            : FieldValue.Plain(in connection.PeerAddress, connection.IpVersion, connection.PeerPort);
        var who = connection.HasOwner ? string.Create(CultureInfo.InvariantCulture, $"{PrintableText.Of(connection.Owner.Comm.ToString())} ({connection.Owner.Pid})") : "a process not known";
        var how = connection.Ending == ConnectionEnding.Failed ? $"failed: {Errno.NameOf(connection.Error)}," : Ending.Of(connection.Ending).Word;
        return $"{who} {(connection.IsService ? "on" : "to")} {FieldTypes.Endpoint.Text(in service)}: {how} after {DurationText.Of(connection.Lifetime)}";
    }
}
