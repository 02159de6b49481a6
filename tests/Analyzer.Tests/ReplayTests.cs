using System.Runtime.InteropServices;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

public sealed class ReplayTests
{
    private static readonly byte[] file = Write();

    public static TheoryData<string> Formats => ["table", "times", "json"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Several_threads_print_what_one_prints(string format)
    {
        var filter = new CaptureFilter(new EventFilter { IpVersion = 4 }, TimePoint.Parse("0.00001"));
        var one = Print(format, filter, threads: 1);
        Assert.NotEmpty(one.Text);
        Assert.Equal(one.Lost, Print(format, filter, threads: 2).Lost);
        Assert.Equal(one.Text, Print(format, filter, threads: 2).Text);
        Assert.Equal(one.Text, Print(format, filter, threads: 7).Text);
    }

    private static (byte[] Text, (long After, ulong Events)[] Lost) Print(string format, CaptureFilter filter, int threads)
    {
        var reader = CaptureReader.Open(new MemoryStream(file), threads);
        Assert.Equal(threads, reader.Threads);
        var text = new MemoryStream();
        var lost = new List<(long, ulong)>();
        using var pipeline = new EventPipeline(new EventRowExporter(Format(format), text), filter);
        pipeline.Run(new EventStream(reader), ledger => lost.Add((text.Length, ledger.Lost)), threads);
        return (text.ToArray(), [.. lost]);
    }

    private static IEventRows Format(string name) => name switch
    {
        "json" => new JsonLines(),
        _ => new TcptracerTable(new TableOptions { Timestamps = name == "times" }),
    };

    /// <summary>Two sections of events that do not pack, so that the file is long enough for several threads; some late,
    /// some lost, and the wall clock moves.</summary>
    private static byte[] Write()
    {
        var random = new Random(5);
        var output = new MemoryStream();
        for (var section = 0; section < 2; section++)
        {
            var start = new ClockAnchor(1_000, 1_000, 1_700_000_000_000_000_000);
            var writer = new CaptureWriter(output, new CaptureHeader { Start = start }, 1_000 * TcpEvent.Size) { Watermark = 0 };
            for (var i = 0ul; i < 20_000; i++)
            {
                var one = default(TcpEvent);
                random.NextBytes(MemoryMarshal.AsBytes(new Span<TcpEvent>(ref one)));
                one.Timestamp = (10 * i) + 1_000 - (ulong)random.Next(100);
                one.Type = (TcpEventType)"CAX"[random.Next(3)];
                one.IpVersion = (byte)(random.Next(2) == 0 ? 4 : 6);
                writer.Append(in one);
                writer.Watermark = (10 * i) + 900;
                writer.LossCounters = new LossCounters(i + 1 + (i / 5_000), i / 5_000, 0, 0, 0);
                if (i % 3_333 == 0)
                {
                    writer.WriteContext(new CaptureContext { Clocks = [start with { Monotonic = 10 * i }] });
                }
            }

            writer.Complete("end of test", null);
        }

        Assert.InRange(output.Length, 4 << 20, 16 << 20);
        return output.ToArray();
    }
}
