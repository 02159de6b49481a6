using System.IO.Compression;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Bench.Codecs;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Bench;

/// <summary>All codecs on the same chunks, taking turns.</summary>
internal static class CodecRatios
{
    private const int ChunkEvents = (1 << 20) / TcpEvent.Size;
    private const int SlowChunks = 16;
    private const int Rounds = 8;

    public static void Compare(Report report, string traffic, TcpEvent[] events)
    {
        var chunks = events.Chunk(ChunkEvents).ToArray();
        ChunkCodec[] codecs =
        [
            new TraceCapCodec(), new StructLz4Codec(), new StructZstdCodec(), new MessagePackCodec(),
            new ParquetCodec(), new NdjsonCodec(),
        ];
        var measured = codecs
            .Select(codec => new Measurement(codec, codec.IsSlow ? [.. chunks.Take(SlowChunks)] : chunks)).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var each in measured)
            {
                each.Round();
            }
        }

        report.Line("");
        report.Line($"{traffic}, {chunks.Length:N0} chunks of 1 MiB");
        report.Line("codec                 B/event   encode M/s   decode M/s     scan M/s");
        foreach (var each in measured)
        {
            report.Line($"{each.Name,-20} {each.BytesPerEvent,8:F2} {each.EncodeRate / 1e6,12:F2} {each.DecodeRate / 1e6,12:F2} {each.ScanRate / 1e6,12:F2}");
        }

        var (text, packed) = TextSize(events);
        report.Line($"{"tcptracer -t",-20} {text,8:F2}");
        report.Line($"{"tcptracer -t + gzip",-20} {packed,8:F2}");

        var (own, structs, parquet, json) = (measured[0], measured[1], measured[4], measured[5]);
        report.AtMost("size / structs + LZ4", 0.36, own.BytesPerEvent / structs.BytesPerEvent);
        report.AtMost("size / NDJSON + gzip", 0.40, own.BytesPerEvent / json.BytesPerEvent);
        report.AtLeast("encode / structs + LZ4", 2, own.EncodeRate / structs.EncodeRate);
        report.AtLeast("decode to rows / structs + LZ4", 1.7, own.DecodeRate / structs.DecodeRate);
        report.AtLeast("column scan / decode to rows", 1.5, own.ScanRate / own.DecodeRate);
        report.AtLeast("decode to rows / Parquet.Net", 15, own.DecodeRate / parquet.DecodeRate);
        report.AtLeast("decode to rows / NDJSON + gzip", 70, own.DecodeRate / json.DecodeRate);
        foreach (var codec in codecs)
        {
            codec.Dispose();
        }
    }

    /// <summary>Bytes per event of tcptracer's own output.</summary>
    private static (double Text, double Packed) TextSize(TcpEvent[] events)
    {
        using var text = new MemoryStream();
        new EventRowExporter(new TcptracerTable(new TableOptions { Timestamps = true }), text).Events(new ExportedEvents(events, new EventContext()));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(text.GetBuffer().AsSpan(0, (int)text.Length));
        }

        return ((double)text.Length / events.Length, (double)packed.Length / events.Length);
    }
}
