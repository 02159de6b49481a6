using TraceCap.Format.Events;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Recorder.Tests.Sinks;

/// <summary><c>record -n</c> counts what <c>replay</c> shows without further options.</summary>
public class EventLimitTests
{
    [Theory]
    [InlineData("OOCAXX", 2, "OOCA")]
    [InlineData("FFCFAX", 2, "FFCFA")]
    [InlineData("ECEAEX", 3, "ECEAEX")]
    [InlineData("xCxAx", 2, "xCxA")]
    [InlineData("CAX", 9, "CAX")]
    public void Only_what_has_a_row_in_the_plain_table_counts(string events, ulong most, string taken)
    {
        var sink = new Letters();
        var limit = new EventLimit(sink, most);
        var goesOn = true;
        foreach (var letter in events.TakeWhile(_ => goesOn))
        {
            goesOn = limit.Take([Event(letter)], default);
        }

        Assert.Equal(taken, sink.Taken);
        Assert.Equal(taken == events && most == 9, goesOn);

        var together = new Letters();
        new EventLimit(together, most).Take([.. events.Select(Event)], default);
        Assert.Equal(taken, together.Taken);
    }

    /// <summary>A small x is the close of what failed to connect.</summary>
    private static TcpEvent Event(char letter) => letter == 'x'
        ? new() { Type = TcpEventType.Close, Flags = TcpEventFlags.ConnectFailed }
        : new() { Type = (TcpEventType)letter };

    private sealed class Letters : IEventSink
    {
        internal string Taken { get; private set; } = "";

        public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
        {
            foreach (ref readonly var one in events)
            {
                Taken += one.Type == TcpEventType.Close && (one.Flags & TcpEventFlags.ConnectFailed) != 0 ? 'x' : (char)one.Type;
            }

            return true;
        }
    }
}
