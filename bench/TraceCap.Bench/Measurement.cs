using System.Diagnostics;
using System.Runtime.InteropServices;
using TraceCap.Bench.Codecs;
using TraceCap.Format.Events;

namespace TraceCap.Bench;

/// <summary>
/// What one codec does with a set of chunks. For each chunk the best of several rounds counts, so that what else the
/// machine does in between does not.
/// </summary>
internal sealed class Measurement(ChunkCodec codec, TcpEvent[][] chunks)
{
    private readonly byte[][] encoded = new byte[chunks.Length][];
    private readonly TcpEvent[] rows = new TcpEvent[chunks.Max(chunk => chunk.Length)];
    private readonly long events = chunks.Sum(chunk => (long)chunk.Length);
    private readonly TimeSpan[] encoding = Unmeasured(chunks);
    private readonly TimeSpan[] decoding = Unmeasured(chunks);
    private readonly TimeSpan[] scanning = Unmeasured(chunks);

    public string Name => codec.Name;

    public double BytesPerEvent => encoded.Sum(chunk => (long)chunk.Length) / (double)events;

    /// <summary>Events per second.</summary>
    public double EncodeRate => Rate(encoding);

    /// <summary>Events per second, to rows.</summary>
    public double DecodeRate => Rate(decoding);

    /// <summary>Events per second, times, types and ports only.</summary>
    public double ScanRate => Rate(scanning);

    public void Round()
    {
        for (var i = 0; i < chunks.Length; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var result = codec.Encode(chunks[i]);
            Keep(ref encoding[i], begin);
            encoded[i] ??= result.ToArray();
        }

        for (var i = 0; i < chunks.Length; i++)
        {
            var target = rows.AsSpan(0, chunks[i].Length);
            var begin = Stopwatch.GetTimestamp();
            codec.Decode(encoded[i], target);
            Keep(ref decoding[i], begin);
            if (!MemoryMarshal.AsBytes(target).SequenceEqual(MemoryMarshal.AsBytes(chunks[i].AsSpan())))
            {
                throw new InvalidOperationException($"{Name} does not give back what it was given");
            }
        }

        for (var i = 0; i < chunks.Length; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var sum = codec.Scan(encoded[i], rows.AsSpan(0, chunks[i].Length));
            Keep(ref scanning[i], begin);
            if (sum != ChunkCodec.Sum(chunks[i]))
            {
                throw new InvalidOperationException($"{Name} scans something else than it was given");
            }
        }
    }

    private double Rate(TimeSpan[] times) => events / times.Sum(time => time.TotalSeconds);

    private static TimeSpan[] Unmeasured(TcpEvent[][] chunks) =>
        [.. Enumerable.Repeat(TimeSpan.MaxValue, chunks.Length)];

    private static void Keep(ref TimeSpan best, long begin)
    {
        var elapsed = Stopwatch.GetElapsedTime(begin);
        if (elapsed < best)
        {
            best = elapsed;
        }
    }
}
