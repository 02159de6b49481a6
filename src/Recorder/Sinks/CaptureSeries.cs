using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Sinks;

/// <summary>
/// Writes what is recorded into a capture, and after it the next one: an event is in exactly one of them, or counted as
/// lost in exactly one, and each can be read without the others. Only creating and writing files makes the recording
/// wait, never bringing them to the disk or deleting old ones.
/// </summary>
internal sealed class CaptureSeries : IRecordingSink
{
    /// <summary>Why a capture ended that another one of its series follows.</summary>
    internal const string Rotated = "rotated";

    private readonly CaptureFiles? files;
    private readonly CaptureHeader header;
    private readonly Func<ClockAnchor> readClocks;
    private readonly SeriesOptions options;
    private readonly ClosingFiles closing;
    private readonly RetryTimes retry = new();
    private readonly Dictionary<TcpEventType, ulong> eventsByType = [];
    private long length;
    private long begunFiles;
    private (string First, string Last, long Count) written;
    private OpenCapture? open;
    private LedgerHandOver account;
    private DrainState last;
    private volatile bool rotateNow;

    /// <summary>Begins the first capture of a series of files.</summary>
    /// <param name="files">Makes the files.</param>
    /// <param name="header">What all captures say of the recording; its clocks are those of the first one.</param>
    /// <param name="readClocks">Reads the clocks now.</param>
    /// <param name="options">What else to do.</param>
    /// <exception cref="IOException">The file cannot be created, or not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created by this user.</exception>
    public CaptureSeries(CaptureFiles files, CaptureHeader header, Func<ClockAnchor> readClocks, SeriesOptions options)
        : this(files, files.Pattern.Text, header, readClocks, options) => BeginIn(files.Await(readClocks, out var begun), begun);

    /// <summary>Begins the only capture, in a stream.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="output">Is disposed at the end.</param>
    /// <param name="header">What the capture says of the recording.</param>
    /// <param name="readClocks">Reads the clocks now.</param>
    /// <param name="options">What else to do.</param>
    public CaptureSeries(string name, Stream output, CaptureHeader header, Func<ClockAnchor> readClocks, SeriesOptions options)
        : this(null, name, header, readClocks, options) => Begin(output, header.Start ?? readClocks());

    private CaptureSeries(CaptureFiles? files, string name, CaptureHeader header, Func<ClockAnchor> readClocks, SeriesOptions options)
    {
        Name = name;
        this.files = files;
        this.header = header;
        this.readClocks = readClocks;
        this.options = options;
        closing = new ClosingFiles(files, options.Closed);
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public string Written => written switch
    {
        { Count: 0 } => Name,
        { Count: 1 } => written.Last,
        _ when files?.Keep < written.Count => FormattableString.Invariant($"the last {files.Keep:N0} of {written.Count:N0} files, up to {written.Last}"),
        _ => FormattableString.Invariant($"{written.First} to {written.Last} ({written.Count:N0} files)"),
    };

    /// <inheritdoc />
    public RecordingTotals Totals => new(
        account.Taken, account.Kept + (open?.Sink.EventsWritten ?? 0), length + (open?.Sink.Length ?? 0), account.Seen,
        open is null ? eventsByType : Sum(new(eventsByType), open.Sink.EventsByType),
        begunFiles,
        length + (open?.Sink.Length ?? 0));

    /// <summary>Has the next capture begin soon. May be called from any thread.</summary>
    public void RotateNow() => rotateNow = true;

    /// <inheritdoc />
    /// <exception cref="IOException">A capture can be written no longer, and it shall not go on with the next one.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, because this user may not create it.</exception>
    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        if (open is null)
        {
            BeginAgain(state.Now);
        }

        last = state;
        account = account.Take((ulong)events.Length, state.LossCounters);
        ThrowIfClosingFailed();
        try
        {
            (open?.Output as NewFile)?.ThrowIfFailed();
            open?.Sink.Take(events, state with { LossCounters = account.Share });
            RotateIfDue(state.Now);
        }
        catch (IOException error)
        {
            GiveUp(error);
        }

        return true;
    }

    /// <inheritdoc />
    public void Complete(string reason, bool cut)
    {
        try
        {
            End(reason, cut);
        }
        catch (IOException error)
        {
            GiveUp(error);
            BeginAgain(ulong.MaxValue);
            open?.Sink.Take([], last with { LossCounters = account.Share });
            End(reason, cut);
        }

        closing.Wait();
        ThrowIfClosingFailed();
    }

    /// <summary>Waits for the captures that were ended, and leaves the open one as it is.</summary>
    public void Dispose()
    {
        closing.Wait();
        open?.Output.Dispose();
    }

    private void Begin(Stream output, in ClockAnchor begun)
    {
        var sink = new CaptureSink(output, header with { Start = begun }, readClocks, options.Names) { FlushInterval = options.FlushInterval, KeepsTime = options.KeepsTime };
        open = new OpenCapture(output, sink, begun);
        begunFiles++;
    }

    /// <summary>A file that takes nothing at all does not stay.</summary>
    private void BeginIn(NewFile file, in ClockAnchor begun)
    {
        try
        {
            Begin(file, begun);
        }
        catch (IOException)
        {
            files!.Discard(file);
            throw;
        }
    }

    private void RotateIfDue(ulong now)
    {
        if (files is null || open is not { Sink.CanGiveWay: true } || !retry.IsDue(now))
        {
            return;
        }

        var clocks = readClocks();
        if (!rotateNow && !options.Rotation.IsDue(open.Sink.Length, open.Begun, clocks))
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
            End(Rotated, cut: true);
        }
        catch (IOException)
        {
            files.Discard(next);
            throw;
        }

        BeginIn(next, clocks);
    }

    /// <summary>The open capture is as good as ever if the next one cannot be created.</summary>
    private NewFile? CreateNext(in ClockAnchor clocks, ulong now)
    {
        try
        {
            return files!.Create(clocks.Realtime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!options.KeepGoing)
            {
                End("the next file could not be created", cut: true);
                throw;
            }

            options.Tell($"{error.Message}; recording goes on in the file before");
            retry.Fail(now);
            return null;
        }
    }

    /// <summary>Begins another capture after one was given up, if that is possible now.</summary>
    private void BeginAgain(ulong now)
    {
        account = account.Drop();
        if (files is null || !account.CanBegin || !retry.IsDue(now))
        {
            return;
        }

        try
        {
            var clocks = readClocks();
            if (files.Create(clocks.Realtime) is { } next)
            {
                BeginIn(next, clocks);
                options.Tell($"recording goes on in {next.Path}, which counts {Losses(account.Share)}");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            retry.Fail(now);
        }
    }

    private void End(string reason, bool cut)
    {
        if (open is not { } capture)
        {
            throw new IOException("there is no file that could be written");
        }

        (capture.Output as NewFile)?.ThrowIfFailed();
        capture.Sink.Complete(reason, cut);
        account = account.End(capture.Sink.Events, capture.Sink.LossCounters);
        Leave(capture);
        closing.Add(capture.Output);
    }

    /// <summary>Gives up the open capture, if there is one: what it has stays, the rest is lost. One that has nothing goes.</summary>
    /// <param name="error">Why; is thrown again if there shall be no other capture.</param>
    private void GiveUp(IOException error)
    {
        if (options.KeepGoing)
        {
            options.Tell($"{error.Message}; going on with the next file");
        }

        if (open is { } capture)
        {
            GiveUp(capture, error);
            retry.Fail(last.Now);
            account = options.KeepGoing ? account : account.Close();
        }

        if (!options.KeepGoing)
        {
            throw error;
        }
    }

    private void GiveUp(OpenCapture capture, IOException error)
    {
        if (capture.Sink.EventsWritten > 0)
        {
            retry.Reset();
        }

        var isSpoiled = error is FileSpoiledException;
        if (isSpoiled || (options.KeepGoing && capture.Sink.EventsWritten == 0))
        {
            open = null;
            if (!isSpoiled)
            {
                files!.Discard((NewFile)capture.Output);
            }
        }
        else
        {
            account = account.GiveUp(
                capture.Sink.EventsWritten, options.KeepGoing ? capture.Sink.LedgerWritten : account.Share, out var told);
            EndAfter(error, capture, told);
            Leave(capture);
        }

        capture.Output.Dispose();
    }

    /// <summary>A file that took no more chunk may still take a footer in the place of what was written of the chunk. If
    /// not, it is truncated, and readable up to its last block.</summary>
    private void EndAfter(IOException error, OpenCapture failed, in LossCounters told)
    {
        if (failed.Output is not NewFile file)
        {
            return;
        }

        try
        {
            file.CutTo(failed.Sink.Length);
            failed.Sink.CompleteWithoutRest(error.Message, told);
            file.Finish();
        }
        catch (Exception again) when (again is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            options.Tell($"{file.Path} has no footer: {again.Message}");
        }
    }

    private void Leave(OpenCapture capture)
    {
        if (capture.Output is NewFile { Path: var path })
        {
            written = (written.Count == 0 ? path : written.First, path, written.Count + 1);
        }

        length += capture.Sink.Length;
        Sum(eventsByType, capture.Sink.EventsByType);
        open = null;
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

    private static string Losses(in LossCounters ledger)
    {
        var inKernel = ledger.RingFull + ledger.MapFull;
        return FormattableString.Invariant($"{ledger.Dropped:N0} events as dropped")
            + (inKernel > 0 ? FormattableString.Invariant($", and {inKernel:N0} as lost in the kernel") : "");
    }

    private static Dictionary<TcpEventType, ulong> Sum(
        Dictionary<TcpEventType, ulong> types, IReadOnlyDictionary<TcpEventType, ulong> more)
    {
        foreach (var (type, count) in more)
        {
            types[type] = types.GetValueOrDefault(type) + count;
        }

        return types;
    }
}
