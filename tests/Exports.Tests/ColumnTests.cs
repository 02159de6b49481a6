using System.Text.RegularExpressions;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Info;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.Tests;

/// <summary>The typed columns: all fields are there, and have the values that fields have.</summary>
public sealed partial class ColumnTests
{
    public static TheoryData<string> Samples => ["traffic", "nginx", "lossy", "incident", "tcptracer-example"];

    [Fact]
    public void Names_need_no_quotes_in_SQL_and_are_there_once()
    {
        foreach (var names in new[]
        {
            EventColumns.Table.Columns.Select(column => column.Of.Name), ConnectionColumns.Table.Columns.Select(column => column.Of.Name),
            CaptureColumns.Table.Columns.Select(column => column.Of.Name), LossColumns.Table.Columns.Select(column => column.Of.Name),
        })
        {
            Assert.All(names, name => Assert.Matches(SqlName(), name));
            Assert.Equal(names.Distinct(), names);
        }
    }

    [Fact]
    public void Each_field_is_a_column()
    {
        Assert.Equal(EventFields.Set.All.Count, EventColumns.Table.Of(EventFields.Set.All.Select(field => field.Field)).Count - 2);
        Assert.Equal(ConnectionFields.Set.All.Count, ConnectionColumns.Table.Of(ConnectionFields.Set.All.Select(field => field.Field)).Count - 2);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Events_have_in_their_columns_what_their_fields_are(string sample)
    {
        using var file = SampleCaptures.Open(sample);
        var events = new EventStream(CaptureReader.Open(file));
        var batch = new EventBatch(EventColumns.Table.Columns) { Capture = sample };
        while (events.ReadBlock(out var block))
        {
            while (!block.IsEmpty)
            {
                var context = events.TakeRun(ref block, out var run);
                batch.Clear();
                batch.Add(run, context);
                Assert.Equal(run.Length, batch.Count);
                for (var row = 0; row < run.Length; row++)
                {
                    foreach (var field in EventFields.Set.All)
                    {
                        AssertSame(field.Field, field.Get(in run[row], context), batch.Columns[EventColumns.Table.Find(Column.Of(field.Field).Name)], row);
                    }

                    Assert.Equal(sample, ((TextBuffer)batch.Columns[EventColumns.Table.Find(Column.Capture)])[row]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Connections_have_in_their_columns_what_their_fields_are(string sample)
    {
        using var file = SampleCaptures.Open(sample);
        var sink = new Checked();
        var feed = new ConnectionFeed(sink, new ConnectionFilter());
        feed.Read(new EventStream(CaptureReader.Open(file)));
        feed.End();
        Assert.True(sink.Count > 0);
    }

    [Fact]
    public void Captures_and_losses_are_rows()
    {
        using var file = SampleCaptures.Open("lossy");
        var captures = new CaptureBatch(CaptureColumns.Table.Columns) { Capture = "lossy" };
        var summary = CaptureSummary.Of(file, CaptureFilter.All);
        captures.Add(summary);
        Assert.Equal(summary.Sections.Count, captures.Count);
        Assert.Equal((long)summary.Sections[0].LossCounters.Lost, ((ValueBuffer<long>)captures.Columns[CaptureColumns.Table.Find("lost")]).Values[0]);

        file.Position = 0;
        var feed = new ConnectionFeed(new Checked(), new ConnectionFilter());
        feed.Read(new EventStream(CaptureReader.Open(file)));
        feed.End();
        var losses = new LossBatch(LossColumns.Table.Columns) { Capture = "lossy" };
        foreach (var recording in feed.Recordings)
        {
            losses.Add(recording);
        }

        Assert.True(losses.Count > 0);
        Assert.Equal(
            feed.Recordings.Sum(recording => (long)recording.LossCounters.Lost),
            ((ValueBuffer<long>)losses.Columns[LossColumns.Table.Find("lost")]).Values.ToArray().Sum());
    }

    /// <summary>A column that was cleared forgets its rows, and gives its texts the numbers that they had.</summary>
    [Fact]
    public void Texts_keep_their_numbers_when_rows_are_taken_out()
    {
        var buffer = (TextBuffer)ColumnBuffer.Of(CaptureColumns.Name);
        buffer.Add(FieldValue.Of("one"));
        buffer.Add(FieldValue.Of("two"));
        buffer.Clear();
        buffer.Repeat(FieldValue.Of(new string("two")), 3);
        Assert.Equal([1, 1, 1], buffer.Codes.ToArray());
        Assert.Equal("two", buffer[2]);
        Assert.Equal(3, buffer.Count);
    }

    private static void AssertSame(Field field, in FieldValue value, ColumnBuffer buffer, int row)
    {
        var isThere = value.IsKnown && field.Type.Has(in value) && (field.Type != FieldTypes.Instant || value.Kind == 1);
        Assert.Equal(isThere, buffer.IsKnown(row));
        if (!isThere)
        {
            return;
        }

        switch (buffer)
        {
            case TextBuffer text:
                Assert.Equal(field.Type.Text(in value), text[row]);
                break;
            case ValueBuffer<bool> flags:
                Assert.Equal(value.Number != 0, flags.Values[row]);
                break;
            case ValueBuffer<ushort> numbers:
                Assert.Equal(value.Number, numbers.Values[row]);
                break;
            case ValueBuffer<uint> numbers:
                Assert.Equal(value.Number, numbers.Values[row]);
                break;
            case ValueBuffer<ulong> numbers:
                Assert.Equal(value.Number, numbers.Values[row]);
                break;
            case ValueBuffer<long> numbers:
                Assert.Equal(field.Type == FieldTypes.Instant ? (ulong)value.Bits : value.Number, (ulong)numbers.Values[row]);
                break;
            default:
                Assert.Fail($"{field} has no buffer");
                break;
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex SqlName();

    private sealed class Checked : IConnectionSink
    {
        private readonly ConnectionBatch batch = new(ConnectionColumns.Table.Columns) { Capture = "x" };
        private ConnectionContext? context;

        internal int Count { get; private set; }

        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
        {
            context = ConnectionContext.Of(recording, context);
            batch.Clear();
            batch.Add(connections, context);
            for (var row = 0; row < connections.Length; row++, Count++)
            {
                foreach (var field in ConnectionFields.Set.All)
                {
                    AssertSame(field.Field, field.Get(in connections[row], context), batch.Columns[ConnectionColumns.Table.Find(Column.Of(field.Field).Name)], row);
                }
            }
        }
    }
}
