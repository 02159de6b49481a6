using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Bench;

/// <summary>What writing and reading allocate for each event, once the buffers are there: between a capture and one twice as
/// long. What there is is the entry of each chunk in the index.</summary>
internal static class Allocations
{
    public static void Measure(Report report, TcpEvent[] events)
    {
        var half = events.AsSpan(0, events.Length / 2).ToArray();
        using var capture = new MemoryStream();
        using var halfCapture = new MemoryStream();
        Captures.Write(capture, events);
        Captures.Write(halfCapture, half);
        double PerEvent(long all, long some) => (double)(all - some) / (events.Length - half.Length);
        report.Line("");
        report.AtMost("allocated per event written", 0.2, PerEvent(
            Of(() => Captures.Write(Stream.Null, events)), Of(() => Captures.Write(Stream.Null, half))), " B", "0.###");
        report.AtMost("allocated per event read", 0.2, PerEvent(Of(() => Read(capture)), Of(() => Read(halfCapture))), " B", "0.###");
    }

    private static void Read(MemoryStream capture)
    {
        capture.Position = 0;
        var events = new EventStream(new CaptureReader(capture));
        while (events.Read(out _))
        {
        }
    }

    private static long Of(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
