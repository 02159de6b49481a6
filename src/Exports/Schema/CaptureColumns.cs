using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Info;

namespace TraceCap.Exports.Schema;

/// <summary>Reads a column of a capture's section.</summary>
/// <param name="capture">The capture.</param>
/// <param name="section">The number of the section in it, from 1.</param>
internal delegate FieldValue CaptureGet(CaptureSummary capture, int section);

/// <summary>The columns that captures have, a row for each section: who recorded what, when, and what is missing.</summary>
internal static class CaptureColumns
{
    /// <summary>The column that all tables have.</summary>
    internal static Column Name { get; } = Column.Of(Column.Capture, FieldTypes.Text, "the capture, as its file was named") with { IsNullable = false };

    /// <summary>The table.</summary>
    internal static ColumnTable<CaptureGet> Table { get; } = new(
        "captures",
        [
            new(Name, null),
            Known("section", FieldTypes.Number, "which part of the file, from 1: captures may have been put one after another", (_, number) => FieldValue.Of((ulong)number)),
            May(Column.Host, FieldTypes.Text, "the host", s => FieldValue.Of(s.Header?.Host)),
            May("kernel", FieldTypes.Text, "its kernel's release", s => FieldValue.Of(s.Header?.Kernel)),
            May("architecture", FieldTypes.Text, "its machine", s => FieldValue.Of(s.Header?.Architecture)),
            May("boot_id", FieldTypes.Text, "which start of the host it was: monotonic times compare only within one", s => FieldValue.Of(s.Header?.BootId)),
            May("tool", FieldTypes.Text, "what recorded it", s => FieldValue.Of(s.Header?.Tool)),
            May("probes", FieldTypes.Text, "by which probes", s => FieldValue.Of(s.Header?.Probes)),
            May("comment", FieldTypes.Text, "what the user wrote about it", s => FieldValue.Of(s.Header?.Comment)),
            May("first_time", FieldTypes.Instant, "its earliest event", s => At(s, s.FirstTimestamp)),
            May("last_time", FieldTypes.Instant, "its latest event", s => At(s, s.LastTimestamp)),
            May("first_monotonic_ns", FieldTypes.Monotonic, "its earliest event by CLOCK_MONOTONIC", s => FieldValue.If(s.Events > 0, s.FirstTimestamp)),
            May("last_monotonic_ns", FieldTypes.Monotonic, "its latest event by CLOCK_MONOTONIC", s => FieldValue.If(s.Events > 0, s.LastTimestamp)),
            Always("events", FieldTypes.Count, "events in it", s => s.Recorded),
            Always("emitted", FieldTypes.Count, "events that the probes saw", s => s.LossCounters.Emitted),
            Always("lost", FieldTypes.Count, "events that are lost, all places together", s => s.LossCounters.Lost),
            Always("ring_full", FieldTypes.Count, "lost: no room between kernel and recorder", s => s.LossCounters.RingFull),
            Always("map_full", FieldTypes.Count, "lost: no room to remember a connect", s => s.LossCounters.MapFull),
            Always("dropped", FieldTypes.Count, "lost: the recorder could not keep them", s => s.LossCounters.Dropped),
            Always("probe_missed", FieldTypes.Count, "how often a probe was skipped; each may have lost an event", s => s.LossCounters.ProbeMissed),
            Always("missing", FieldTypes.Count, "events that it once held and has no more", s => s.Missing.Events),
            Always("bytes", FieldTypes.Bytes, "its length in the file", s => (ulong)s.Bytes),
            May("end_reason", FieldTypes.Text, "why recording ended; none if it did not end properly", s => FieldValue.Of(s.EndReason)),
            Known("complete", FieldTypes.Flag, "whether it ended properly, and nothing of it is known to be lost", (c, number) => FieldValue.Of(IsComplete(c.Sections[number - 1]))),
            new(Column.Of("damaged", FieldTypes.Flag, "whether something of the file could not be read; unknown if only its footer was"),
                (capture, _) => capture.Damage is { } damage ? FieldValue.Of(damage.Count > 0) : default),
        ]);

    private static bool IsComplete(SectionSummary section) =>
        section is { EndReason: not null, IsTruncated: false, LossCounters.Lost: 0, Missing.Events: 0, Unaccounted: <= 0 };

    private static FieldValue At(SectionSummary section, ulong monotonic) =>
        section.Events == 0 ? default : FieldValue.At(monotonic, section.Clocks.At(monotonic)?.WallOffset);

    private static BoundColumn<CaptureGet> Always(string name, FieldType type, string doc, Func<SectionSummary, ulong> get) =>
        Known(name, type, doc, (capture, number) => FieldValue.Of(get(capture.Sections[number - 1])));

    private static BoundColumn<CaptureGet> May(string name, FieldType type, string doc, Func<SectionSummary, FieldValue> get) =>
        new(Column.Of(name, type, doc), (capture, number) => get(capture.Sections[number - 1]));

    private static BoundColumn<CaptureGet> Known(string name, FieldType type, string doc, CaptureGet get) =>
        new(Column.Of(name, type, doc) with { IsNullable = false }, get);
}
