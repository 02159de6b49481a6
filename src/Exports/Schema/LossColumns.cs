using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;

namespace TraceCap.Exports.Schema;

/// <summary>Reads a column of a time in which events were lost.</summary>
internal delegate FieldValue LossGet(in LossPeriod loss, RecordedSpan recording);

/// <summary>The columns that losses have, a row for each time in which some may have happened.</summary>
internal static class LossColumns
{
    /// <summary>The table.</summary>
    internal static ColumnTable<LossGet> Table { get; } = new(
        "losses",
        [
            new(CaptureColumns.Name, null),
            new(Column.Of(Column.Host, FieldTypes.Text, "the host"), (in _, recording) => FieldValue.Of(recording.Host)),
            new(Column.Of("from_time", FieldTypes.Instant, "from when on"), (in loss, recording) => At(loss.From, recording)),
            new(Column.Of("to_time", FieldTypes.Instant, "up to when"), (in loss, recording) => At(loss.To, recording)),
            Known("from_monotonic_ns", FieldTypes.Monotonic, "from when on, by CLOCK_MONOTONIC", (in loss, _) => FieldValue.Of(loss.From)),
            Known("to_monotonic_ns", FieldTypes.Monotonic, "up to when, by CLOCK_MONOTONIC", (in loss, _) => FieldValue.Of(loss.To)),
            Known("lost", FieldTypes.Count, "events that were counted as lost, all places together", (in loss, _) => FieldValue.Of(loss.LossCounters.Lost)),
            Known("ring_full", FieldTypes.Count, "lost: no room between kernel and recorder", (in loss, _) => FieldValue.Of(loss.LossCounters.RingFull)),
            Known("map_full", FieldTypes.Count, "lost: no room to remember a connect", (in loss, _) => FieldValue.Of(loss.LossCounters.MapFull)),
            Known("dropped", FieldTypes.Count, "lost: the recorder could not keep them", (in loss, _) => FieldValue.Of(loss.LossCounters.Dropped)),
            Known("probe_missed", FieldTypes.Count, "how often a probe was skipped; each may have lost an event", (in loss, _) => FieldValue.Of(loss.LossCounters.ProbeMissed)),
            Known("damaged", FieldTypes.Flag, "whether something could not be read, and took an unknown number of events with it", (in loss, _) => FieldValue.Of(loss.IsDamaged)),
        ]);

    private static FieldValue At(ulong monotonic, RecordedSpan recording) =>
        FieldValue.At(monotonic, recording.Clocks.At(monotonic)?.WallOffset ?? recording.WallOffset);

    private static BoundColumn<LossGet> Known(string name, FieldType type, string doc, LossGet get) =>
        new(Column.Of(name, type, doc) with { IsNullable = false }, get);
}
