using System.Globalization;
using TraceCap.Bench.Codecs;
using TraceCap.Bench.Pairing;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Bench;

/// <summary>Measures all codecs in one run, taking turns, and prints how TraceCap compares with each bar.</summary>
internal static class Ratios
{
    private const int ChunkEvents = (1 << 20) / TcpEvent.Size;
    private const int SlowChunks = 16;
    private const int Rounds = 8;

    public static int Run(string[] options)
    {
        var events = options is ["--events", var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 1_000_000;
        foreach (var rate in (int[])[1_000, 20_000])
        {
            Compare(rate, events);
            AtLeast("pairing / dictionaries", 1.4, PairingRatios.Compare(rate, events));
        }

        return 0;
    }

    private static void Compare(int rate, int events)
    {
        var generator = new TrafficGenerator(new() { ConnectionsPerSecond = rate });
        var chunks = new TcpEvent[Math.Max(1, events / ChunkEvents)][];
        foreach (ref var chunk in chunks.AsSpan())
        {
            generator.Fill(chunk = new TcpEvent[ChunkEvents]);
        }

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

        Console.WriteLine();
        Console.WriteLine(Invariant(
            $"{chunks.Length * ChunkEvents:N0} events, {rate:N0} connections/s, chunks of 1 MiB"));
        Console.WriteLine("codec                 B/event   encode M/s   decode M/s     scan M/s");
        foreach (var each in measured)
        {
            Console.WriteLine(Invariant($"{each.Name,-20} {each.BytesPerEvent,8:F2}")
                + Invariant($" {each.EncodeRate / 1e6,12:F2} {each.DecodeRate / 1e6,12:F2}")
                + Invariant($" {each.ScanRate / 1e6,12:F2}"));
        }

        var (own, structs, parquet, json) = (measured[0], measured[1], measured[4], measured[5]);
        Console.WriteLine("bar                                         wanted   measured");
        AtMost("size / structs + LZ4", 0.36, own.BytesPerEvent / structs.BytesPerEvent);
        AtMost("size / NDJSON + gzip", 0.40, own.BytesPerEvent / json.BytesPerEvent);
        AtLeast("encode / structs + LZ4", 2, own.EncodeRate / structs.EncodeRate);
        AtLeast("decode / structs + LZ4", 1.7, own.DecodeRate / structs.DecodeRate);
        AtLeast("scan / own decode", 1.5, own.ScanRate / own.DecodeRate);
        AtLeast("decode / Parquet.Net", 15, own.DecodeRate / parquet.DecodeRate);
        AtLeast("decode / NDJSON + gzip", 70, own.DecodeRate / json.DecodeRate);
        foreach (var codec in codecs)
        {
            codec.Dispose();
        }
    }

    private static void AtMost(string bar, double wanted, double measured) =>
        Print(bar, "<=", wanted, measured, measured <= wanted);

    private static void AtLeast(string bar, double wanted, double measured) =>
        Print(bar, ">=", wanted, measured, measured >= wanted);

    private static void Print(string bar, string relation, double wanted, double measured, bool met) =>
        Console.WriteLine(Invariant(
            $"{bar,-40} {relation} {wanted,6:F2} {measured,10:F2}  {(met ? "met" : "MISSED")}"));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
