using System.Globalization;
using System.Net;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Bench;

/// <summary>From a capture to tcptracer's table: against a program that prints as one would at first, by one thread and by
/// two, and how much of it reading takes.</summary>
internal static class TextRatios
{
    private static readonly TableOptions Options = new() { Timestamps = true };

    public static void Compare(Report report, TcpEvent[] events)
    {
        using var capture = new MemoryStream();
        Captures.Write(capture, events);
        // As many as take about as long.
        var few = events.AsSpan(0, events.Length / 16).ToArray();
        using var console = TextWriter.Synchronized(new StreamWriter(Sink(), bufferSize: 256) { AutoFlush = true });
        var times = BestOf.Turns(
            () => Replay(capture, threads: 1),
            () => Replay(capture, threads: 2),
            () => PrintPlainly(console, few),
            () => Read(capture),
            () => Spin(1),
            () => Spin(2));

        double Rate(int way, int count) => count / times[way].TotalSeconds / 1e6;
        report.Line("");
        report.Line($"from a capture of {events.Length:N0} events to tcptracer's table     M rows/s");
        report.Line($"one thread                                             {Rate(0, events.Length),8:F2}");
        report.Line($"two threads                                            {Rate(1, events.Length),8:F2}");
        report.Line($"string.Format and Console.WriteLine, from memory       {Rate(2, few.Length),8:F2}");
        report.Line($"reading alone, hashes and order checked                {Rate(3, events.Length),8:F2}");
        report.AtLeast("replay to text / string.Format + Console.WriteLine", 15, Rate(1, events.Length) / Rate(2, few.Length));
        report.AtLeast("decode + text, in order, two threads / one", 1.8, times[0] / times[1]);
        report.Figure("a loop that shares nothing, two threads / one", string.Create(CultureInfo.InvariantCulture, $"{2 * (times[4] / times[5]):F2} x"));
    }

    private static FileStream Sink() => new("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);

    private static void Replay(MemoryStream capture, int threads)
    {
        capture.Position = 0;
        using var output = Sink();
        var filter = new CaptureFilter(new EventFilter { Types = EventTypeSet.Tcptracer });
        using var pipeline = new EventPipeline(new EventRowExporter(new TcptracerTable(Options), output), filter);
        pipeline.Run(new EventStream(CaptureReader.Open(capture, threads)), lost => { }, threads);
    }

    private static void Read(MemoryStream capture)
    {
        capture.Position = 0;
        var events = new EventStream(CaptureReader.Open(capture, threads: 1));
        while (events.Read(out _))
        {
        }
    }

    private static void PrintPlainly(TextWriter console, TcpEvent[] events)
    {
        var start = events[0].Timestamp;
        foreach (var one in events)
        {
            console.WriteLine(string.Format(
                CultureInfo.InvariantCulture,
                "{0,-9:F3}{1,-3}{2,-7}{3,-17}{4,-3}{5,-17}{6,-17}{7,-7}{8,-6}",
                (one.Timestamp - start) / 1e9,
                (char)one.Type,
                one.Pid,
                one.Comm,
                one.IpVersion,
                Text(in one.LocalAddress, one.IpVersion),
                Text(in one.PeerAddress, one.IpVersion),
                one.LocalPort,
                one.PeerPort));
        }
    }

    private static string Text(in Address address, int ipVersion) =>
        ipVersion == 4 ? new IPAddress(Bytes(in address)[..4]).ToString() : $"[{new IPAddress(Bytes(in address))}]";

    private static ReadOnlySpan<byte> Bytes(in Address address) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<Address>(in address));

    private static void Spin(int threads) => Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
    {
        var x = 1u;
        for (var i = 0; i < 100_000_000; i++)
        {
            x = (x * 1664525) + 1013904223;
        }

        if (x == 0)
        {
            throw new InvalidOperationException("the generator has no such number in this place");
        }
    });
}
