using System.Globalization;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Cli.Terminal;

/// <summary>Shows on stderr how a recording goes: one line that changes while it runs, if that is a terminal, and what
/// became of it at the end.</summary>
internal sealed class RecordingStatus : IEventSink, IDisposable
{
    private const ulong Interval = 250_000_000;

    private readonly IRecordingSink sink;
    private readonly string shortName;
    private readonly bool quiet;
    private readonly string? until;
    private readonly ulong begin = Clocks.Monotonic();
    private ulong shownAt;
    private ulong shownEvents;

    /// <param name="sink">What it is about.</param>
    /// <param name="quiet">Whether only losses are said.</param>
    /// <param name="until">When it ends, if there is a command that ends it: then the terminal is the command's.</param>
    internal RecordingStatus(IRecordingSink sink, bool quiet, string? until)
    {
        this.sink = sink;
        shortName = PrintableText.Of(Path.GetFileName(sink.Name));
        this.quiet = quiet;
        this.until = until;
        shownAt = begin;
    }

    /// <summary>Says that the probes are attached: what happens from now on is recorded.</summary>
    internal void Begin()
    {
        if (!quiet)
        {
            Messages.Warn($"recording to {sink.Name}{(until is null ? "; Ctrl-C ends it" : $" until {until}")}");
        }
    }

    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        var wanted = sink.Take(events, state);
        if (StatusLine.IsSeen && !quiet && until is null && state.Now - shownAt >= Interval)
        {
            var totals = sink.Totals;
            var rate = (totals.Events - shownEvents) * 1e9 / (state.Now - shownAt);
            StatusLine.Show(Text(
                $"{shortName}: {Seconds(state.Now)}  {totals.Events:N0} events  {rate:N0}/s  {totals.LossCounters.Lost:N0} lost  {ByteText.Of(totals.Length)}  (Ctrl-C ends)"));
            (shownAt, shownEvents) = (state.Now, totals.Events);
        }

        return wanted;
    }

    /// <summary>Says what was recorded and lost. It says losses even if told to be quiet.</summary>
    internal void Sum()
    {
        Dispose();
        var totals = sink.Totals;
        var counters = totals.LossCounters;
        var isWhole = IsWhole(counters);
        if (!quiet || !isWhole)
        {
            var types = totals.EventsByType.OrderBy(entry => EventTypes.PlaceOf(entry.Key))
                .Select(entry => Text($"{(char)entry.Key} {entry.Value:N0}"));
            Action<string> say = isWhole ? Messages.Warn : Messages.Fail;
            say(Text(
                $"{sink.Written}: {CountText.Of(totals.EventsWritten, "event")} ({string.Join(", ", types)}) in {Seconds(Clocks.Monotonic())}, {Lost(counters)}, {ByteText.Of(totals.Length)}").Replace(" ()", "", StringComparison.Ordinal));
        }
    }

    /// <summary>What became of the events of a recording that could not go on: each was written, or lost.</summary>
    /// <param name="final">What the probes have counted to their end; null for what the capture itself counts, which says so in
    /// its footer. A pipe has nothing that says so, and the probes go on counting while it takes nothing.</param>
    internal string Account(LossCounters? final)
    {
        var totals = sink.Totals;
        var counters = final is { } all
            ? all with { Dropped = all.Emitted - all.RingFull - all.MapFull - totals.EventsWritten }
            : totals.LossCounters;
        return Text($"of {CountText.Of(counters.Emitted, "event")}, {totals.EventsWritten:N0} were written before and can be read; {Lost(counters)}");
    }

    public void Dispose() => StatusLine.Hide();

    private static bool IsWhole(in LossCounters counters) => counters is { Lost: 0, ProbeMissed: 0 };

    private static string Lost(in LossCounters counters) => IsWhole(counters)
        ? "none lost"
        : $"{(counters.Lost > 0 ? "LOST" : "lost")} {LossText.Describe(counters)}{LossText.Advice(counters)}";

    private string Seconds(ulong now) => Text($"{(now - begin) / 1e9:F1} s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
