using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

/// <summary>Captures of any times and any wall clocks, asked for in part or in full.</summary>
internal static class AnyCaptures
{
    /// <summary>What may be allocated in all while one thing is made of a capture: a table of churn has up to a million rows.</summary>
    private const long Most = 1 << 30;

    internal const ulong Half = 1ul << 63;

    internal static readonly Gen<ulong> Time = Gen.Frequency(
        (3, Gen.OneOf<ulong>(0ul, 1, 999, 1_000_000_000, Half - 1, Half, Half + 1, ulong.MaxValue - 1, ulong.MaxValue)),
        (2, Gen.Select(Gen.OneOf<ulong>(0ul, Half, ulong.MaxValue), Gen.ULong[0, 5_000_000_000], (from, away) => unchecked(from + away))),
        (1, Gen.ULong));

    private static readonly Gen<TcpEvent> events = Gen.Select(
        Time, Time, Gen.OneOf("CAXFO".Select(letter => (TcpEventType)letter).ToArray()), Gen.ULong[0, 5], Gen.UShort[1, 3], Gen.ULong[0, 3],
        (at, duration, type, connection, port, lost) => new TcpEvent
        {
            Timestamp = at,
            Duration = duration,
            Type = type,
            Connection = connection,
            IpVersion = 4,
            LocalPort = port,
            PeerPort = 80,
            Pid = (uint)port,
            Error = type == TcpEventType.ConnectFailed ? (ushort)111 : (ushort)0,
            SegmentsSent = (uint)lost,
        });

    private static readonly Gen<ClockAnchor?> clock = Gen.Select(Gen.Bool, Time, Time, (known, monotonic, real) =>
        known ? new ClockAnchor(monotonic, monotonic, real) : (ClockAnchor?)null);

    /// <summary>One to three sections, of one boot or several, whose clocks agree or not.</summary>
    private static readonly Gen<byte[]> captures = Gen.Select(
        Gen.Select(events.Array[0, 12], clock, clock, Gen.Int[0, 2], Time, Time).Array[1, 3], sections =>
        {
            var output = new MemoryStream();
            foreach (var (several, start, end, boot, from, to) in sections)
            {
                var header = new CaptureHeader
                {
                    BootId = boot == 0 ? "" : $"boot {boot}",
                    Start = start,
                    Recorded = boot == 2 && from < to ? [new RecordedPeriod(from, to)] : [],
                };
                var writer = new CaptureWriter(output, header, 3 * TcpEvent.Size) { Watermark = 0 };
                var lost = 0ul;
                foreach (var one in several)
                {
                    lost += one.SegmentsSent / 3;
                    writer.LossCounters = new LossCounters(writer.Events + 1 + lost, lost, 0, 0, 0);
                    writer.Append(in one);
                }

                writer.Complete("end of test", end);
            }

            return output.ToArray();
        });

    internal static IReadOnlyList<RecordedSpan> Read(byte[] file, ConnectionFilter filter, IConnectionSink sink) =>
        ConnectionFeed.ReadAll(new MemoryStream(file), sink, filter);

    internal static void Sample(Action<byte[], ConnectionFilter> make, int times) => Gen.Select(captures, Time, Time, Gen.Int[0, 3]).Sample(
        (file, from, to, kind) =>
        {
            var filter = new ConnectionFilter
            {
                Opening = new CaptureFilter(
                    new EventFilter(),
                    (kind & 1) != 0 ? TimePoint.Parse($"{Math.Min(from, to)}ns") : null,
                    (kind & 2) != 0 ? TimePoint.Parse($"{Math.Max(from, to)}ns") : null),
            };
            var before = GC.GetAllocatedBytesForCurrentThread();
            make(file, filter);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Most);
        },
        iter: times,
        threads: 1);
}
