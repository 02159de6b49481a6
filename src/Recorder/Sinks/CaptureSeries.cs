using TraceCap.Format;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Sinks;

/// <summary>
/// Writes what is recorded into a capture, and after it the next one: an event is in exactly one of them, or counted as
/// lost in exactly one, and each can be read without the others. Only creating and writing files makes the recording
/// wait, never bringing them to the disk or deleting old ones.
/// </summary>
public sealed class CaptureSeries : IRecordingSink
{
    private const ulong FirstRetry = 1_000_000_000;
    private const ulong LongestRetry = 64 * FirstRetry;

    private readonly CaptureFiles? files;
    private readonly CaptureHeader header;
    private readonly Func<ClockAnchor> readClocks;
    private readonly SeriesOptions options;
    private readonly ClosingFiles closing;
    private readonly Dictionary<TcpEventType, ulong> eventsByType = [];
    private Stream? output;
    private CaptureSink? sink;
    private ClockAnchor begun;
    private volatile bool rotateNow;
    private ulong retryAfter = FirstRetry;
    private ulong retryAt;
    private DrainState last;

    /// <summary>What the captures before this one account for.</summary>
    private Ledger origin;
    private Ledger ledger;
    private ulong taken;
    private ulong kept;
    private ulong dropped;
    private long length;

    /// <summary>Begins the first capture of a series of files.</summary>
    /// <param name="files">Makes the files.</param>
    /// <param name="header">What all captures say of the recording; its clocks are those of the first one.</param>
    /// <param name="readClocks">Reads the clocks now.</param>
    /// <param name="options">What else to do.</param>
    /// <inheritdoc cref="CaptureFiles.Create" path="/exception" />
    public CaptureSeries(CaptureFiles files, CaptureHeader header, Func<ClockAnchor> readClocks, SeriesOptions options)
        : this(files, files.Pattern.Text, header, readClocks, options) => Begin(files.Await(readClocks, out begun));

    /// <summary>Begins the only capture, in a stream.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="output">Is disposed at the end.</param>
    /// <param name="header">What the capture says of the recording.</param>
    /// <param name="readClocks">Reads the clocks now.</param>
    /// <param name="options">What else to do.</param>
    public CaptureSeries(string name, Stream output, CaptureHeader header, Func<ClockAnchor> readClocks, SeriesOptions options)
        : this(null, name, header, readClocks, options) => Begin(output);

    private CaptureSeries(CaptureFiles? files, string name, CaptureHeader header, Func<ClockAnchor> readClocks, SeriesOptions options)
    {
        Name = name;
        this.files = files;
        this.header = header;
        this.readClocks = readClocks;
        this.options = options;
        closing = new ClosingFiles(files, options.Closed);
        begun = header.Start ?? readClocks();
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public RecordingTotals Totals => new(
        taken, kept + (sink?.EventsWritten ?? 0), length + (sink?.Length ?? 0), ledger,
        Add(new(eventsByType), sink?.EventsByType ?? new Dictionary<TcpEventType, ulong>()));

    /// <summary>Has the next capture begin soon. May be called from any thread.</summary>
    public void RotateNow() => rotateNow = true;

    /// <inheritdoc />
    /// <exception cref="IOException">A capture can be written no longer, and it shall not go on with the next one.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, because this user may not create it.</exception>
    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        if (sink is null)
        {
            BeginAgain(state.Now);
        }

        last = state;
        taken += (ulong)events.Length;
        ledger = state.Ledger with { Dropped = dropped };
        ThrowIfClosingFailed();
        try
        {
            (output as DurableFileStream)?.ThrowIfFailed();
            sink?.Take(events, state with { Ledger = ledger - origin });
            RotateIfDue(state.Now);
        }
        catch (IOException error)
        {
            Abandon(error);
            if (!options.KeepGoing)
            {
                throw;
            }
        }

        return true;
    }

    /// <inheritdoc />
    public void Complete(string reason, bool cut)
    {
        try
        {
            EndCapture(reason, cut);
        }
        catch (IOException error)
        {
            Abandon(error);
            if (!options.KeepGoing)
            {
                throw;
            }

            BeginAgain(ulong.MaxValue);
            sink?.Take([], last with { Ledger = ledger - origin });
            EndCapture(reason, cut);
        }

        closing.Wait();
        ThrowIfClosingFailed();
    }

    /// <summary>Waits for the captures that were ended, and leaves the open one as it is.</summary>
    public void Dispose()
    {
        closing.Wait();
        output?.Dispose();
    }

    private void Begin(Stream stream)
    {
        sink = new CaptureSink(stream, header with { Start = begun }, readClocks, options.Names) { FlushInterval = options.FlushInterval };
        output = stream;
    }

    private void RotateIfDue(ulong now)
    {
        if (files is null || sink is not { CanGiveWay: true } || now < retryAt)
        {
            return;
        }

        var clocks = readClocks();
        if (!rotateNow && !options.Rotation.IsDue(sink.Length, begun, clocks))
        {
            return;
        }

        // Cleared first: who sees the next file may ask for another one at once.
        rotateNow = false;
        if (CreateNext(clocks, now) is not { } next)
        {
            rotateNow = true;
            return;
        }

        try
        {
            EndCapture("rotated", cut: true);
            begun = clocks;
            Begin(next);
        }
        catch (IOException)
        {
            files.Discard(next);
            throw;
        }
    }

    /// <summary>The open capture is as good as ever if the next one cannot be created.</summary>
    private DurableFileStream? CreateNext(in ClockAnchor clocks, ulong now)
    {
        try
        {
            return files!.Create(clocks.Realtime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!options.KeepGoing)
            {
                EndCapture("the next file could not be created", cut: true);
                throw;
            }

            options.Tell($"{error.Message}; recording goes on in the file before");
            RetryLater(now);
            return null;
        }
    }

    /// <summary>Begins another capture after one was given up, if that is possible now.</summary>
    private void BeginAgain(ulong now)
    {
        dropped = taken - kept;
        ledger = ledger with { Dropped = dropped };
        if (now < retryAt || files is null || !SettleOrigin())
        {
            return;
        }

        DurableFileStream? next = null;
        try
        {
            var clocks = readClocks();
            next = files.Create(clocks.Realtime);
            if (next is not null)
            {
                begun = clocks;
                Begin(next);
                options.Tell(FormattableString.Invariant($"recording goes on in {next.Path}, which counts {dropped - origin.Dropped:N0} events as dropped"));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (next is not null)
            {
                files.Discard(next);
            }

            RetryLater(now);
        }
    }

    /// <summary>A capture that was given up counts as dropped what its blocks announced, also what was still to come. Of
    /// that, some may have been lost elsewhere.</summary>
    /// <returns>Whether all of it came or was lost by now: only then can another capture begin.</returns>
    private bool SettleOrigin()
    {
        if (taken + ledger.RingFull + ledger.MapFull < origin.Emitted)
        {
            return false;
        }

        var elsewhere = origin.Dropped - Math.Min(origin.Dropped, dropped);
        var ring = Math.Min(elsewhere, ledger.RingFull - origin.RingFull);
        origin = origin with
        {
            Dropped = origin.Dropped - elsewhere,
            RingFull = origin.RingFull + ring,
            MapFull = origin.MapFull + elsewhere - ring,
        };
        return true;
    }

    private void EndCapture(string reason, bool cut)
    {
        if (sink is null)
        {
            throw new IOException("there is no file that could be written");
        }

        sink.Complete(reason, cut);
        origin += sink.Ledger;
        kept += sink.Events;
        Leave();
        closing.Add(output!);
        output = null;
    }

    /// <summary>Gives up the open capture, if there is one: what it has stays, the rest is lost. One that has nothing goes.</summary>
    private void Abandon(IOException error)
    {
        if (options.KeepGoing)
        {
            options.Tell($"{error.Message}; going on with the next file");
        }

        if (sink is null)
        {
            return;
        }

        var deleted = error is FileDeletedException;
        var isGone = deleted || (options.KeepGoing && sink.EventsWritten == 0);
        var readable = isGone ? 0 : sink.EventsWritten;
        var told = sink.LedgerWritten;
        if (options.KeepGoing)
        {
            // What its blocks announced is its own, the rest that of the next capture.
            told = told with { Dropped = told.Dropped + told.Emitted - readable - told.Lost };
            origin += isGone ? default : told;
        }
        else
        {
            told = ledger - origin;
            told = told with { Dropped = told.Emitted - told.RingFull - told.MapFull - readable };
            ledger = ledger with { Dropped = told.Dropped };
        }

        if (sink.EventsWritten > 0)
        {
            retryAfter = FirstRetry;
        }

        if (!isGone)
        {
            EndAfter(error, sink, told);
            Leave();
        }
        else if (!deleted)
        {
            files!.Discard((DurableFileStream)output!);
        }

        sink = null;

        kept += readable;
        RetryLater(last.Now);
        output!.Dispose();
        output = null;
    }

    /// <summary>Less and less often as long as nothing can be written.</summary>
    private void RetryLater(ulong now)
    {
        retryAt = now + retryAfter;
        retryAfter = Math.Min(2 * retryAfter, LongestRetry);
    }

    /// <summary>A file that took no more chunk may still take a footer in the place of what was written of the chunk. If
    /// not, it is cut short, and readable up to its last block.</summary>
    private void EndAfter(IOException error, CaptureSink failed, in Ledger told)
    {
        if (output is not DurableFileStream file)
        {
            return;
        }

        try
        {
            file.CutTo(failed.Length);
            failed.CompleteWithoutRest(error.Message, told);
            file.Finish();
        }
        catch (Exception again) when (again is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            options.Tell($"{file.Path} has no footer: {again.Message}");
        }
    }

    private void Leave()
    {
        length += sink!.Length;
        Add(eventsByType, sink.EventsByType);
        sink = null;
    }

    private void ThrowIfClosingFailed()
    {
        if (closing.TakeFailure() is not { } error)
        {
            return;
        }

        if (!options.KeepGoing)
        {
            throw error;
        }

        options.Tell(error.Message);
    }

    private static Dictionary<TcpEventType, ulong> Add(
        Dictionary<TcpEventType, ulong> types, IReadOnlyDictionary<TcpEventType, ulong> more)
    {
        foreach (var (type, count) in more)
        {
            types[type] = types.GetValueOrDefault(type) + count;
        }

        return types;
    }
}
