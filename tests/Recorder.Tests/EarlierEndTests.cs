using TraceCap.Format.Events;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Tests;

/// <summary>How many ends of connections from before the probes may be missing.</summary>
public class EarlierEndTests
{
    [Fact]
    public void A_skip_may_have_lost_one_end_and_no_more_are_lost_than_are_left()
    {
        var ends = new EarlierEnds([1, 2, 3], skipped: 10);
        ends.Count(10);
        Assert.Equal((0ul, true), (ends.Missed, ends.AreLeft));

        ends.Note([End(2), End(7), new TcpEvent { Type = TcpEventType.Close, Connection = 3 }]);
        ends.Count(11);
        Assert.Equal(1ul, ends.Missed);

        ends.Count(100);
        Assert.Equal(3ul, ends.Missed);

        ends.Note([End(1), End(3)]);
        ends.Count(200);
        Assert.Equal((3ul, false), (ends.Missed, ends.AreLeft));
    }

    private static TcpEvent End(ulong connection) => new() { Type = TcpEventType.Ended, Connection = connection };
}
