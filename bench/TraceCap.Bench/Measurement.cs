using System.Diagnostics;
using System.Runtime.InteropServices;
using TraceCap.Bench.Codecs;

namespace TraceCap.Bench;

/// <summary>What one codec does with a set of chunks: the best of several rounds.</summary>
internal sealed class Measurement(ChunkCodec codec, TcpEvent[][] chunks)
{
    private readonly byte[][] encoded = new byte[chunks.Length][];
    private readonly TcpEvent[] decoded = new TcpEvent[chunks.Max(chunk => chunk.Length)];
    private readonly long events = chunks.Sum(chunk => (long)chunk.Length);

    public string Name => codec.Name;

    public double BytesPerEvent { get; private set; }

    /// <summary>Events per second.</summary>
    public double EncodeRate { get; private set; }

    /// <summary>Events per second, to rows.</summary>
    public double DecodeRate { get; private set; }

    public void Round()
    {
        var bytes = 0L;
        var encoding = TimeSpan.Zero;
        for (var i = 0; i < chunks.Length; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var result = codec.Encode(chunks[i]);
            encoding += Stopwatch.GetElapsedTime(begin);
            encoded[i] ??= result.ToArray();
            bytes += result.Length;
        }

        var decoding = TimeSpan.Zero;
        for (var i = 0; i < chunks.Length; i++)
        {
            var target = decoded.AsSpan(0, chunks[i].Length);
            var begin = Stopwatch.GetTimestamp();
            codec.Decode(encoded[i], target);
            decoding += Stopwatch.GetElapsedTime(begin);
            if (i % 64 == 0 && !MemoryMarshal.AsBytes(target).SequenceEqual(MemoryMarshal.AsBytes(chunks[i].AsSpan())))
                throw new InvalidOperationException($"{Name} does not give back what it was given");
        }

        BytesPerEvent = bytes / (double)events;
        EncodeRate = Math.Max(EncodeRate, events / encoding.TotalSeconds);
        DecodeRate = Math.Max(DecodeRate, events / decoding.TotalSeconds);
    }
}
