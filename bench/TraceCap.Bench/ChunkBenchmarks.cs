using BenchmarkDotNet.Attributes;
using TraceCap.Bench.Codecs;
using TraceCap.Format.Events;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Bench;

/// <summary>
/// One chunk of 1 MiB, packed by LZ4, against the structs as they lie in memory. In this process: BenchmarkDotNet does
/// not find what it builds itself where the artifacts are kept in one folder.
/// </summary>
[InProcess]
[MemoryDiagnoser]
public class ChunkBenchmarks : IDisposable
{
    private const int Events = (1 << 20) / TcpEvent.Size;

    private readonly TraceCapCodec own = new();
    private readonly StructLz4Codec structs = new();
    private readonly TcpEvent[] rows = new TcpEvent[Events];
    private TcpEvent[] events = [];
    private byte[] ownEncoded = [];
    private byte[] structsEncoded = [];

    [Params(1_000, 20_000)]
    public int ConnectionsPerSecond { get; set; }

    [GlobalSetup]
    public void Generate()
    {
        events = TrafficGenerator.Generate(Events, new() { ConnectionsPerSecond = ConnectionsPerSecond });
        ownEncoded = own.Encode(events).ToArray();
        structsEncoded = structs.Encode(events).ToArray();
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public int Encode() => own.Encode(events).Length;

    [Benchmark(OperationsPerInvoke = Events)]
    public int EncodeStructs() => structs.Encode(events).Length;

    [Benchmark(OperationsPerInvoke = Events)]
    public void Decode() => own.Decode(ownEncoded, rows);

    [Benchmark(OperationsPerInvoke = Events)]
    public void DecodeStructs() => structs.Decode(structsEncoded, rows);

    [Benchmark(OperationsPerInvoke = Events)]
    public ulong Scan() => own.Scan(ownEncoded, rows);

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        own.Dispose();
        structs.Dispose();
    }
}
