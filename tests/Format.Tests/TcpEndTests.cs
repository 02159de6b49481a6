using TraceCap.Format.Events;

namespace TraceCap.Format.Tests;

/// <summary>How a connection ended, from what the kernel said when it did.</summary>
public class TcpEndTests
{
    private const TcpEventFlags Fin = TcpEventFlags.FinReceived;

    [Theory]
    [InlineData(9, 0, Fin, TcpEnd.Closed)]
    [InlineData(11, 0, Fin, TcpEnd.Closed)]
    [InlineData(5, 0, Fin, TcpEnd.Closed)]
    [InlineData(5, 0, TcpEventFlags.None, TcpEnd.HalfClosed)]
    [InlineData(1, 0, TcpEventFlags.None, TcpEnd.ResetSent)]
    [InlineData(1, 0, TcpEventFlags.NotAccepted, TcpEnd.ResetSent)]
    [InlineData(4, 0, TcpEventFlags.None, TcpEnd.ResetSent)]
    [InlineData(8, 0, Fin, TcpEnd.ResetSent)]
    [InlineData(1, 104, TcpEventFlags.None, TcpEnd.ResetReceived)]
    [InlineData(8, 32, Fin, TcpEnd.ResetReceived)]
    [InlineData(5, 104, TcpEventFlags.None, TcpEnd.ResetReceived)]
    [InlineData(1, 110, TcpEventFlags.None, TcpEnd.TimedOut)]
    [InlineData(4, 113, TcpEventFlags.None, TcpEnd.TimedOut)]
    [InlineData(1, 103, TcpEventFlags.None, TcpEnd.Aborted)]
    [InlineData(0, 0, TcpEventFlags.None, TcpEnd.Unknown)]
    [InlineData(255, 0, Fin, TcpEnd.Unknown)]
    public void State_error_and_the_peers_FIN_tell_how_it_ended(byte state, ushort error, TcpEventFlags flags, TcpEnd end) =>
        Assert.Equal(end, TcpEnds.Of(new TcpEvent { Type = TcpEventType.Ended, State = state, Error = error, Flags = flags }));

    [Fact]
    public void Other_events_tell_nothing_of_it() =>
        Assert.All(
            EventTypes.All.Where(type => type.Type != TcpEventType.Ended),
            type => Assert.Equal(TcpEnd.Unknown, TcpEnds.Of(new TcpEvent { Type = type.Type, State = 9, Error = 104 })));

    [Fact]
    public void Every_end_has_its_words() =>
        Assert.Equal(Enum.GetValues<TcpEnd>().Where(end => end != TcpEnd.Unknown), TcpEnds.All.Select(words => words.End));
}
