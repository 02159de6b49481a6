using System.Diagnostics;
using System.Runtime.InteropServices;
using TraceCap.Bench.Codecs;

namespace TraceCap.Bench;

/// <summary>What one codec does with a set of chunks: the best of several rounds.</summary>
internal sealed class Measurement(ChunkCodec codec, TcpEvent[][] chunks)
{
    private readonly byte[][] encoded = new byte[chunks.Length][];
    private readonly TcpEvent[] rows = new TcpEvent[chunks.Max(chunk => chunk.Length)];
    private readonly long events = chunks.Sum(chunk => (long)chunk.Length);

    public string Name => codec.Name;

    public double BytesPerEvent { get; private set; }

    /// <summary>Events per second.</summary>
    public double EncodeRate { get; private set; }

    /// <summary>Events per second, to rows.</summary>
    public double DecodeRate { get; private set; }

    /// <summary>Events per second, times, types and ports only.</summary>
    public double ScanRate { get; private set; }

    public void Round()
    {
        Encode();
        Decode();
        Scan();
    }

    private void Encode()
    {
        var bytes = 0L;
        var elapsed = TimeSpan.Zero;
        for (var i = 0; i < chunks.Length; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var result = codec.Encode(chunks[i]);
            elapsed += Stopwatch.GetElapsedTime(begin);
            encoded[i] ??= result.ToArray();
            bytes += result.Length;
        }

        BytesPerEvent = bytes / (double)events;
        EncodeRate = Math.Max(EncodeRate, events / elapsed.TotalSeconds);
    }

    private void Decode()
    {
        var elapsed = TimeSpan.Zero;
        for (var i = 0; i < chunks.Length; i++)
        {
            var target = rows.AsSpan(0, chunks[i].Length);
            var begin = Stopwatch.GetTimestamp();
            codec.Decode(encoded[i], target);
            elapsed += Stopwatch.GetElapsedTime(begin);
            if (!MemoryMarshal.AsBytes(target).SequenceEqual(MemoryMarshal.AsBytes(chunks[i].AsSpan())))
                throw new InvalidOperationException($"{Name} does not give back what it was given");
        }

        DecodeRate = Math.Max(DecodeRate, events / elapsed.TotalSeconds);
    }

    private void Scan()
    {
        var elapsed = TimeSpan.Zero;
        for (var i = 0; i < chunks.Length; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var sum = codec.Scan(encoded[i], rows.AsSpan(0, chunks[i].Length));
            elapsed += Stopwatch.GetElapsedTime(begin);
            if (sum != Sum(chunks[i]))
                throw new InvalidOperationException($"{Name} scans something else than it was given");
        }

        ScanRate = Math.Max(ScanRate, events / elapsed.TotalSeconds);
    }

    private static ulong Sum(TcpEvent[] chunk)
    {
        var sum = 0UL;
        foreach (ref readonly var one in chunk.AsSpan())
            sum += one.Timestamp + (ulong)one.Type + one.LocalPort + one.PeerPort;

        return sum;
    }
}
