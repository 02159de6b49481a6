using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Bench;

/// <summary>Captures to measure with.</summary>
internal static class Captures
{
    private const int PieceEvents = 1024;

    private static readonly CaptureHeader Header = new() { Tool = "bench", Host = "bench", Start = new ClockAnchor(0, 0, 0) };

    /// <summary>All events of a capture.</summary>
    public static TcpEvent[] Read(string path)
    {
        using var file = File.OpenRead(path);
        var reader = new CaptureReader(file);
        var events = new List<TcpEvent>();
        while (reader.Read())
        {
            events.AddRange(reader.Events);
        }

        return [.. events];
    }

    /// <summary>Writes events as the recorder does: piece by piece, each with the promise of what comes no more.</summary>
    public static void Write(Stream output, TcpEvent[] events)
    {
        var writer = new CaptureWriter(output, Header);
        Append(writer, events, Promises(events), 0);
        writer.Complete("end", null);
    }

    /// <summary>Writes events over and over, each time as if they had happened later, to the same sockets, until the file is so
    /// long.</summary>
    /// <returns>How many were written.</returns>
    public static ulong WriteLong(string path, TcpEvent[] events, long bytes)
    {
        using var output = File.Create(path);
        var writer = new CaptureWriter(output, Header);
        var span = events.Max(one => one.Timestamp) - events.Min(one => one.Timestamp) + 1;
        // Each lap's numbers follow those of the lap before; 0 is none, as an event has that was there before the recording.
        var cpus = events.Where(one => one.Sequence > 0).GroupBy(one => one.Cpu).ToDictionary(group => group.Key, group => group.Max(one => one.Sequence) - group.Min(one => one.Sequence) + 1);
        var promises = Promises(events);
        for (var lap = 0ul; writer.Length < bytes; lap++)
        {
            Append(writer, events, promises, lap * span);
            foreach (ref var one in events.AsSpan())
            {
                one.Timestamp += span;
                one.Sequence += one.Sequence > 0 ? cpus[one.Cpu] : 0;
            }
        }

        writer.Complete("end", null);
        return writer.Events;
    }

    private static void Append(CaptureWriter writer, TcpEvent[] events, ulong[] promises, ulong later)
    {
        for (var piece = 0; piece < promises.Length; piece++)
        {
            writer.Append(events.AsSpan(piece * PieceEvents, Math.Min(PieceEvents, events.Length - (piece * PieceEvents))));
            writer.Watermark = promises[piece] + later;
        }
    }

    /// <summary>For each piece the earliest timestamp of all that come after it.</summary>
    private static ulong[] Promises(TcpEvent[] events)
    {
        var promises = new ulong[(events.Length + PieceEvents - 1) / PieceEvents];
        var earliest = events.Max(one => one.Timestamp) + 1;
        for (var piece = promises.Length - 1; piece >= 0; piece--)
        {
            promises[piece] = earliest;
            foreach (ref readonly var one in events.AsSpan(piece * PieceEvents, Math.Min(PieceEvents, events.Length - (piece * PieceEvents))))
            {
                earliest = Math.Min(earliest, one.Timestamp);
            }
        }

        return promises;
    }
}
