using System.Globalization;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Recorder.Flight;

/// <summary>
/// Keeps the last of what happened in memory, as the chunks that it will be in a file, and writes it when asked to, when
/// a trigger fires, and at the end. Recording goes on while a file is written; what is in one file may be in the next too.
/// </summary>
internal sealed class FlightRecorder : IRecordingSink
{
    private readonly CaptureFiles files;
    private readonly CaptureHeader header;
    private readonly Func<ClockAnchor> readClocks;
    private readonly FlightLimits limits;
    private readonly IReadOnlyList<Trigger> triggers;
    private readonly SeriesOptions options;
    private readonly BlockQueue queue;
    private readonly CaptureSink sink;
    private Task writing = Task.CompletedTask;
    private volatile string? asked;
    private long filesWritten;
    private long bytesWritten;
    private string? wanted;

    /// <summary>Begins to keep.</summary>
    /// <param name="files">Makes the files.</param>
    /// <param name="header">What all files say of the recording, but for the clocks.</param>
    /// <param name="readClocks">Reads the clocks now.</param>
    /// <param name="limits">How much is kept.</param>
    /// <param name="triggers">What else than being asked to has it write a file.</param>
    /// <param name="options">What is called for each file.</param>
    public FlightRecorder(
        CaptureFiles files, CaptureHeader header, Func<ClockAnchor> readClocks, FlightLimits limits, IReadOnlyList<Trigger> triggers, SeriesOptions options)
    {
        this.files = files;
        this.header = header with { Options = new Dictionary<string, string>(header.Options) { [CaptureHeader.Flight] = limits.ToString() } };
        this.readClocks = readClocks;
        this.limits = limits;
        this.triggers = triggers;
        this.options = options;
        queue = new BlockQueue(limits, header.Start ?? readClocks());
        // The names are told when a file is written.
        sink = new CaptureSink(queue, header, readClocks);
    }

    /// <inheritdoc />
    public string Name => $"memory ({limits}, for {files.Pattern.Text})";

    /// <inheritdoc />
    /// <remarks>Each file is told of when it is written.</remarks>
    public string Written => Name;

    /// <inheritdoc />
    public RecordingTotals Totals => new(sink.Events, sink.EventsWritten, queue.Length, sink.LossCounters, sink.EventsByType, Interlocked.Read(ref filesWritten), Interlocked.Read(ref bytesWritten));

    /// <summary>Has a file written soon. May be called from any thread.</summary>
    /// <param name="reason">Who asks; the file says so.</param>
    public void WriteNow(string reason) => asked = reason;

    /// <inheritdoc />
    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        sink.Take(events, state);
        queue.Trim(state.Now);
        foreach (var trigger in triggers)
        {
            if (trigger.Fires(events))
            {
                wanted = trigger.Text;
            }
        }

        wanted = Interlocked.Exchange(ref asked, null) ?? wanted;

        if (wanted is not null && writing.IsCompleted)
        {
            WriteBeside(wanted);
        }

        return true;
    }

    /// <inheritdoc />
    public void Complete(string reason, bool cut)
    {
        writing.Wait();
        var file = files.Await(readClocks, out var clocks);
        Write(file, Snapshot(clocks), reason, clocks);
    }

    /// <summary>Waits for the file that is being written.</summary>
    public void Dispose()
    {
        writing.Wait();
        queue.Dispose();
    }

    private void WriteBeside(string reason)
    {
        var clocks = readClocks();
        try
        {
            if (files.Create(clocks.Realtime) is { } file)
            {
                wanted = null;
                var kept = Snapshot(clocks);
                writing = Task.Run(() =>
                {
                    try
                    {
                        Write(file, kept, reason, clocks);
                    }
                    catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                    {
                        options.Tell(error.Message);
                    }
                });
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            wanted = null;
            options.Tell(error.Message);
        }
    }

    /// <summary>What is kept, and a header that says so: a file claims no more than it holds.</summary>
    private (CaptureHeader Header, Stream Blocks) Snapshot(in ClockAnchor clocks)
    {
        sink.CloseChunk();
        queue.Trim(clocks.Monotonic);
        return (header with { Start = queue.Start, Recorded = [new RecordedPeriod(queue.From, ulong.MaxValue)] }, queue.Open());
    }

    private void Write(NewFile file, (CaptureHeader Header, Stream Blocks) kept, string reason, in ClockAnchor clocks)
    {
        using (file)
        {
            var writer = new CaptureWriter(file, kept.Header);
            var names = options.Names is null ? null : new NameScribe(writer, options.Names);
            var reader = new CaptureReader(kept.Blocks);
            var lost = default(LossCounters);
            var first = ulong.MaxValue;
            while (reader.Read())
            {
                // What is lost belongs to the block that counts it; what was not kept is no part of this file.
                lost += reader.Block.LossCounters with { Emitted = 0 };
                writer.LossCounters = lost with { Emitted = writer.Events + reader.Block.Events + lost.Lost };
                first = Math.Min(first, reader.Block.Events > 0 ? reader.Block.FirstTimestamp : ulong.MaxValue);
                // What was named long ago, in a block that is no longer kept, is named again.
                names?.Note(reader.Events);
                writer.Copy(reader);
            }

            writer.Complete(reason, clocks);
            file.Finish();
            Interlocked.Increment(ref filesWritten);
            Interlocked.Add(ref bytesWritten, writer.Length);
            var span = first == ulong.MaxValue ? 0 : (clocks.Monotonic - first) / 1e9;
            options.Tell(string.Create(CultureInfo.InvariantCulture, $"{file.Path}: {writer.Events:N0} events of the last {span:F1} s ({reason})"));
        }

        files.Prune();
        options.Closed?.Invoke(file.Path);
    }
}
