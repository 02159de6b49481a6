using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;
using TraceCap.Recorder.Tests.Files;

namespace TraceCap.Recorder.Tests.Sinks;

/// <summary>A recording without a kernel: a clock, a ring buffer and files that the test moves.</summary>
internal sealed class FakeRecording
{
    internal const ulong Second = 1_000_000_000;

    private readonly Queue<TcpEvent> ring = [];
    private readonly List<string> told = [];
    private ulong inFlight;
    private ulong sequence;

    internal MemoryFileSystem Files { get; } = new();

    /// <summary>What the user was told, by any thread.</summary>
    internal IReadOnlyList<string> Told
    {
        get
        {
            lock (told)
            {
                return [.. told];
            }
        }
    }

    /// <summary>CLOCK_MONOTONIC, which is 1,000 s behind the wall clock.</summary>
    internal ulong Now { get; private set; } = 10 * Second;

    /// <summary>What the probes count.</summary>
    internal LossCounters Kernel { get; private set; }

    internal ClockAnchor ReadClocks() => new(Now, Now, Now + (1000 * Second));

    internal CaptureFiles Captures(string pattern, int? keep = null, bool force = false) =>
        new(NamePattern.Parse(pattern, "host"), force, keep, Files);

    internal CaptureSeries Begin(SeriesOptions options, string pattern = "/captures/%n.tcap", int? keep = null, bool force = false) =>
        new(Captures(pattern, keep, force), new CaptureHeader { Start = ReadClocks() }, ReadClocks, options with { Tell = Tell });

    internal void Tell(string message)
    {
        lock (told)
        {
            told.Add(message);
        }
    }

    internal void Pass(ulong nanoseconds) => Now += nanoseconds;

    /// <summary>So many events happen, and find room in the ring.</summary>
    internal void Happen(ulong events)
    {
        Kernel = Kernel with { Emitted = Kernel.Emitted + events };
        Arrive(events);
    }

    /// <summary>So many are lost.</summary>
    internal void Lose(ulong ringFull, ulong mapFull) => Kernel += new LossCounters(ringFull + mapFull, ringFull, mapFull, 0, 0);

    /// <summary>So many have been counted, and are not in the ring yet.</summary>
    internal void TakeOff(ulong events)
    {
        Kernel = Kernel with { Emitted = Kernel.Emitted + events };
        inFlight += events;
    }

    /// <summary>Those find room, but for so many.</summary>
    internal void Land(ulong lost)
    {
        lost = Math.Min(lost, inFlight);
        Kernel += new LossCounters(0, lost, 0, 0, 0);
        Arrive(inFlight - lost);
        inFlight = 0;
    }

    /// <summary>The ring is drained, as far as so many events.</summary>
    internal void Drain(IEventSink sink, int most = int.MaxValue)
    {
        var events = new TcpEvent[Math.Min(most, ring.Count)];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = ring.Dequeue();
        }

        sink.Take(events, new DrainState(Now, ring.Count == 0 ? Now : 0, Kernel));
    }

    /// <summary>Reads all files, as far as they can be read.</summary>
    internal List<ReadCapture> Read() => [.. Files.Paths.Select(path => ReadCapture.Of(path, Files.Content(path)))];

    private void Arrive(ulong events)
    {
        for (; events > 0; events--)
        {
            ring.Enqueue(new TcpEvent { Type = TcpEventType.Connect, IpVersion = 4, Timestamp = Now, Connection = ++sequence });
        }
    }
}

/// <summary>What a reader finds in a file.</summary>
internal sealed record ReadCapture(string Path, LossCounters LossCounters, List<ulong> Connections, string? Reason)
{
    internal static ReadCapture Of(string path, byte[] content)
    {
        var reader = new CaptureReader(new MemoryStream(content));
        var (ledger, connections, reason) = (default(LossCounters), new List<ulong>(), (string?)null);
        while (reader.Read())
        {
            ledger += reader.Block.LossCounters;
            foreach (ref readonly var one in reader.Events)
            {
                connections.Add(one.Connection);
            }

            reason = reader.Footer?.Reason ?? reason;
        }

        return new ReadCapture(path, ledger, connections, reason);
    }
}
