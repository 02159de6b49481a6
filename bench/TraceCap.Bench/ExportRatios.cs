using System.Globalization;
using System.Text.Json;
using Parquet;
using Parquet.Schema;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Parquet;
using TraceCap.Exports.Schema;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Bench;

/// <summary>From a capture to JSON lines and to Parquet: against a program that serializes objects, and against writing columns that are
/// in memory already.</summary>
internal static class ExportRatios
{
    private const string Columns = "time,event.name,local,local.port,peer,peer.port,pid,comm,uid,connection.id,sent_bytes,received_bytes";

    private static readonly ExportOptions Options = new() { EventFields = EventFields.Set.Parse(Columns), Source = new ExportSource { Capture = "bench.tcap" } };

    public static void Compare(Report report, TcpEvent[] events)
    {
        using var capture = new MemoryStream();
        Captures.Write(capture, events);
        var few = events.AsSpan(0, events.Length / 16).ToArray();
        var batches = Batches(events);
        var plain = new PlainColumns(events);
        var times = BestOf.Turns(
            () => Export(capture, "ndjson", threads: 2),
            () => Serialize(few),
            () => Export(capture, "parquet", threads: 2),
            () => Write(batches),
            plain.Write);

        double Rate(int way, int count) => count / times[way].TotalSeconds / 1e6;
        report.Line("");
        report.Line($"export of a capture of {events.Length:N0} events                  M rows/s");
        report.Line($"ndjson, all that is recorded, two threads              {Rate(0, events.Length),8:F2}");
        report.Line($"JsonSerializer, an object a row, from memory           {Rate(1, few.Length),8:F2}");
        report.Line($"parquet, {Columns.Split(',').Length} columns and 3 keys, two threads           {Rate(2, events.Length),8:F2}");
        report.Line($"the same columns from memory, written alike            {Rate(3, events.Length),8:F2}");
        report.Line($"the same columns from memory, by Parquet.Net           {Rate(4, events.Length),8:F2}");
        report.AtLeast("export ndjson / naive serializer", 10, Rate(0, events.Length) / Rate(1, few.Length));
        report.AtLeast("export parquet / Parquet.Net of the columns in memory", 0.8, times[4] / times[2]);
        report.Figure("export parquet / the same from memory, by our own writer", string.Create(CultureInfo.InvariantCulture, $"{times[3] / times[2]:F2} x"));
    }

    private static void Export(MemoryStream capture, string format, int threads)
    {
        capture.Position = 0;
        using var pipeline = new EventPipeline(
            ExportFormats.All.First(one => one.Name == format && one.Takes == ExportKinds.Events).Create(Stream.Null, format == "ndjson" ? new ExportOptions() : Options), CaptureFilter.All);
        pipeline.Run(new EventStream(CaptureReader.Open(capture, threads)), _ => { }, threads);
    }

    /// <summary>As a program does it at first: an object for each event, with the properties that <c>ndjson</c> has.</summary>
    private static void Serialize(TcpEvent[] events)
    {
        using var output = new StreamWriter(Stream.Null);
        foreach (var e in events)
        {
            var row = new Dictionary<string, object>
            {
                ["time"] = DateTime.UnixEpoch.AddTicks((long)(e.Timestamp / 100)),
                ["monotonic_ns"] = Digits(e.Timestamp),
                ["event.name"] = $"tcp.{e.Type}",
                ["network.type"] = e.IpVersion == 4 ? "ipv4" : "ipv6",
                ["network.local.address"] = e.LocalAddress.ToIPAddress(e.IpVersion).ToString(),
                ["network.local.port"] = e.LocalPort,
                ["network.peer.address"] = e.PeerAddress.ToIPAddress(e.IpVersion).ToString(),
                ["network.peer.port"] = e.PeerPort,
                ["connection.id"] = Digits(e.Connection),
                ["process.pid"] = e.Pid,
                ["thread.id"] = e.Tid,
                ["thread.name"] = e.Comm.ToString(),
                ["user.id"] = e.Uid,
                ["linux.netns"] = e.Netns,
                ["linux.mntns"] = e.Mntns,
                ["linux.cgroup.id"] = Digits(e.Cgroup),
                ["cpu.logical_number"] = e.Cpu,
                ["sequence"] = Digits(e.Sequence),
            };
            if (e.Type is TcpEventType.Connect or TcpEventType.ConnectFailed)
            {
                row["connect_ns"] = e.Duration;
            }

            if (e.Type is TcpEventType.Close or TcpEventType.Ended)
            {
                row["network.connection.state"] = e.State;
                row["sent_bytes"] = e.BytesSent;
                row["acked_bytes"] = e.BytesAcked;
                row["received_bytes"] = e.BytesReceived;
                row["sent_segments"] = e.SegmentsSent;
                row["received_segments"] = e.SegmentsReceived;
                row["retransmits"] = e.Retransmits;
                row["smoothed_rtt_us"] = e.SmoothedRtt;
            }

            output.WriteLine(JsonSerializer.Serialize(row));
        }

        static string Digits(ulong number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private static EventBatch[] Batches(TcpEvent[] events) => [.. events.Chunk(ColumnExporter.RowsTogether).Select(some =>
    {
        var batch = new EventBatch(EventColumns.Table.Of(Options.EventFields!.Select(field => field.Field))) { Capture = "bench.tcap" };
        batch.Add(some, new EventContext { Clock = new ClockAnchor(0, 0, 0) });
        return batch;
    })];

    private static void Write(EventBatch[] batches)
    {
        using var maker = new PageMaker();
        var file = new ParquetFile(Stream.Null, [.. batches[0].Columns.Select(buffer => buffer.Column)], maker);
        foreach (var batch in batches)
        {
            file.Write(batch);
        }

        file.Finish([], "bench");
    }

    /// <summary>The columns as arrays, as a program has them that writes them by Parquet.Net.</summary>
    private sealed class PlainColumns
    {
        private static readonly ParquetSchema Schema = new(
            new DataField<long>("time"), new DataField<string>("event_name"), new DataField<string>("local"), new DataField<int>("local_port"), new DataField<string>("peer"),
            new DataField<int>("peer_port"), new DataField<int>("pid"), new DataField<string>("comm"), new DataField<int>("uid"), new DataField<long>("id"), new DataField<long>("sent"), new DataField<long>("received"));

        private readonly ParquetOptions options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = System.IO.Compression.CompressionLevel.Fastest };
        private readonly (long[][] Wide, int[][] Narrow, string[][] Texts)[] groups;

        internal PlainColumns(TcpEvent[] events) => groups = [.. events.Chunk(ColumnExporter.RowsTogether).Select(some => (
            (long[][])[Of(some, e => (long)e.Timestamp), Of(some, e => (long)e.Connection), Of(some, e => (long)e.BytesSent), Of(some, e => (long)e.BytesReceived)],
            (int[][])[Of(some, e => (int)e.LocalPort), Of(some, e => (int)e.PeerPort), Of(some, e => (int)e.Pid), Of(some, e => (int)e.Uid)],
            (string[][])[Of(some, e => e.Type.ToString()), Of(some, e => e.LocalAddress.ToIPAddress(e.IpVersion).ToString()), Of(some, e => e.PeerAddress.ToIPAddress(e.IpVersion).ToString()), Of(some, e => e.Comm.ToString())]))];

        internal void Write() => WriteAsync().GetAwaiter().GetResult();

        private static T[] Of<T>(TcpEvent[] events, Func<TcpEvent, T> of) => Array.ConvertAll(events, one => of(one));

        private async Task WriteAsync()
        {
            using var output = new MemoryStream();
            await using var writer = await ParquetWriter.CreateAsync(Schema, output, options);
            foreach (var (wide, narrow, texts) in groups)
            {
                using var group = writer.CreateRowGroup();
                var (w, n, t) = (0, 0, 0);
                foreach (var field in Schema.DataFields)
                {
                    if (field.ClrType == typeof(int))
                    {
                        await group.WriteAsync<int>(field, narrow[n++].AsMemory());
                    }
                    else if (field.ClrType == typeof(long))
                    {
                        await group.WriteAsync<long>(field, wide[w++].AsMemory());
                    }
                    else
                    {
                        await group.WriteAsync(field, texts[t++]);
                    }
                }

                group.CompleteValidate();
            }
        }
    }
}
