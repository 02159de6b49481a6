using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Exports.Ordering;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Perfetto;

/// <summary>
/// Writes connections as a trace that ui.perfetto.dev opens: each a slice on a track of its process, with its fields as arguments; connects
/// that failed as instants; counters; and when events were lost. It can be written only once all connections are there, for
/// the order in which they were opened; they wait in a temporary file if they are many.
/// </summary>
/// <param name="output">Where the trace goes; stays open.</param>
/// <param name="fields">What slices tell.</param>
internal sealed class PerfettoExporter(Stream output, IReadOnlyList<BoundField<ConnectionGet>> fields) : OrderedExporter
{
    private readonly Dictionary<RecordedSpan, RecordingTracks> tracks = [];
    private TraceWriter? writer;
    private TraceClock? clock;

    /// <inheritdoc />
    protected override int Compare(in Connection one, RecordedSpan recording, in Connection other, RecordedSpan otherRecording) =>
        recording.TimeOf(one.Opened).CompareTo(otherRecording.TimeOf(other.Opened));

    /// <inheritdoc />
    protected override void BeginOrder(IReadOnlyList<RecordedSpan> recordings)
    {
        writer = new TraceWriter(output, SequenceOf(recordings));
        clock = new TraceClock(recordings);
        if (recordings.Count > 0)
        {
            clock.Write(writer, recordings);
        }

        foreach (var recording in recordings)
        {
            tracks.Add(recording, new RecordingTracks(writer, clock, recording, recordings.Count == 1));
        }
    }

    /// <inheritdoc />
    protected override void Take(in Connection connection, ConnectionContext context)
    {
        var recording = tracks[context.Recording];
        var begin = clock!.Time(connection.Opened, context.Recording);
        // A capture may tell any times: a slice that ended before it began would end another one.
        var end = Math.Max(begin, clock.Time(connection.Ended, context.Recording));
        recording.Counters.Add(in connection, begin, end);
        var process = recording.ProcessOf(in connection);
        if (connection.Ending == ConnectionEnding.Failed)
        {
            WriteEvent(TrackEventType.Instant, end, process.Failed, in connection, context);
            return;
        }

        // One that is open has no end in the trace either.
        var isOver = connection.Ending != ConnectionEnding.Open;
        var track = process.Connections.Take(begin, isOver ? end : null);
        WriteEvent(TrackEventType.SliceBegin, begin, track, in connection, context);
        if (isOver)
        {
            writer!.SliceEnd(end, track);
        }
    }

    /// <inheritdoc />
    protected override void EndOrder()
    {
        foreach (var recording in tracks.Values)
        {
            recording.Counters.End();
        }

        writer!.Flush();
    }

    private void WriteEvent(TrackEventType type, ulong time, ulong track, in Connection connection, ConnectionContext context)
    {
        var begun = writer!.BeginEvent(type, time, track, NameOf(in connection), Ending.Of(connection.Ending).Word);
        foreach (var field in fields)
        {
            var value = field.Get(in connection, context);
            if (!value.IsKnown || !field.Field.Type.Has(in value))
            {
                continue;
            }

            switch (field.Field.Type.Shape)
            {
                case JsonShape.Number:
                    writer.Annotate(field.Field.Name, value.Number);
                    break;
                case JsonShape.Flag:
                    writer.Annotate(field.Field.Name, value.Number != 0);
                    break;
                default:
                    writer.Annotate(field.Field.Name, field.Field.Type.Text(in value));
                    break;
            }
        }

        writer.EndEvent(begun);
    }

    /// <summary>What a slice is called: slices of one service have one name, and so one colour.</summary>
    private static string NameOf(in Connection connection)
    {
        var service = connection.IsService
            ? FieldValue.Plain(in connection.LocalAddress, connection.IpVersion, connection.LocalPort)
            : FieldValue.Plain(in connection.PeerAddress, connection.IpVersion, connection.PeerPort);
        var name = FieldTypes.Endpoint.Text(in service);
        return connection.Ending == ConnectionEnding.Failed
            ? $"to {name}: {Errno.NameOf(connection.Error)}"
            : connection.Role switch
            {
                ConnectionRole.Client => $"to {name}",
                ConnectionRole.Server => $"on {name}",
                _ => connection.IsService ? $"on {name}?" : $"to {name}?",
            };
    }

    /// <summary>A number that another trace hardly has, so that two can be put together.</summary>
    private static uint SequenceOf(IReadOnlyList<RecordedSpan> recordings)
    {
        var hash = 2166136261u;
        foreach (var letter in recordings.SelectMany(one => string.Create(CultureInfo.InvariantCulture, $"{one.Host} {one.BootId} {one.Start}")))
        {
            hash = (hash ^ letter) * 16777619;
        }

        return hash | 1;
    }
}
