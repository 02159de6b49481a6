using System.Globalization;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Cli.Terminal;

/// <summary>Tells on stderr how a recording goes: one line that changes while it runs, if that is a terminal, and what
/// became of it at the end.</summary>
internal sealed class RecordingStatus : IEventSink, IDisposable
{
    private const ulong Interval = 250_000_000;

    private readonly IRecordingSink sink;
    private readonly string shortName;
    private readonly bool quiet;
    private readonly ulong begin = Clocks.Monotonic();
    private ulong shownAt;
    private ulong shownEvents;

    internal RecordingStatus(IRecordingSink sink, bool quiet)
    {
        this.sink = sink;
        shortName = PrintableText.Of(Path.GetFileName(sink.Name));
        this.quiet = quiet;
        shownAt = begin;
    }

    /// <summary>Says that the probes are attached: what happens from now on is recorded.</summary>
    internal void Begin()
    {
        if (!quiet)
        {
            Messages.Warn($"recording to {sink.Name}; Ctrl-C ends it");
        }
    }

    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        var wanted = sink.Take(events, state);
        if (StatusLine.IsSeen && !quiet && state.Now - shownAt >= Interval)
        {
            var totals = sink.Totals;
            var rate = (totals.Events - shownEvents) * 1e9 / (state.Now - shownAt);
            StatusLine.Show(Text(
                $"{shortName}: {Seconds(state.Now)}  {totals.Events:N0} events  {rate:N0}/s  {totals.LossCounters.Lost:N0} lost  {ByteText.Of(totals.Length)}  (Ctrl-C ends)"));
            (shownAt, shownEvents) = (state.Now, totals.Events);
        }

        return wanted;
    }

    /// <summary>Says what was recorded and lost. Losses are told even to those who want quiet.</summary>
    internal void Sum()
    {
        Dispose();
        var totals = sink.Totals;
        var ledger = totals.LossCounters;
        var isWhole = ledger is { Lost: 0, ProbeMissed: 0 };
        var lost = isWhole ? "none lost" : $"{(ledger.Lost > 0 ? "LOST" : "lost")} {LossText.Describe(ledger)}{LossText.Advice(ledger)}";
        if (!quiet || !isWhole)
        {
            var types = totals.EventsByType.OrderBy(entry => EventTypes.PlaceOf(entry.Key))
                .Select(entry => Text($"{(char)entry.Key} {entry.Value:N0}"));
            Messages.Warn(Text(
                $"{sink.Name}: {CountText.Of(totals.EventsWritten, "event")} ({string.Join(", ", types)}) in {Seconds(Clocks.Monotonic())}, {lost}, {ByteText.Of(totals.Length)}").Replace(" ()", "", StringComparison.Ordinal));
        }
    }

    public void Dispose() => StatusLine.Hide();

    private string Seconds(ulong now) => Text($"{(now - begin) / 1e9:F1} s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
