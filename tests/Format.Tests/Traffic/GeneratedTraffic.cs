using System.Runtime.InteropServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests.Traffic;

public class GeneratedTraffic
{
    private static readonly TcpEvent[] Events = TrafficGenerator.Generate(50_000, new());

    [Fact]
    public void The_same_seed_gives_the_same_bytes() =>
        Assert.True(MemoryMarshal.AsBytes<TcpEvent>(TrafficGenerator.Generate(5_000, new()))
            .SequenceEqual(MemoryMarshal.AsBytes(Events.AsSpan(0, 5_000))));

    [Fact]
    public void Every_type_occurs() =>
        Assert.Equal("ACFOX", string.Concat(Events.Select(each => (char)each.Type).Distinct().Order()));

    [Fact]
    public void Ends_come_if_they_are_asked_for() =>
        Assert.Equal("ACEFOX", string.Concat(TrafficGenerator.Generate(50_000, new() { HasEnds = true }).Select(each => (char)each.Type).Distinct().Order()));

    [Fact]
    public void Each_cpu_counts_upwards_and_arrives_in_order()
    {
        foreach (var cpu in Events.GroupBy(each => each.Cpu))
        {
            Assert.Equal(cpu.Select(each => each.Sequence).Order(), cpu.Select(each => each.Sequence));
            Assert.Equal(cpu.Select(each => each.Timestamp).Order(), cpu.Select(each => each.Timestamp));
        }
    }

    [Fact]
    public void Some_events_arrive_late() =>
        Assert.InRange(
            Events.Zip(Events.Skip(1)).Count(pair => pair.First.Timestamp > pair.Second.Timestamp), 500, 25_000);

    [Fact]
    public void Most_sockets_that_open_also_close()
    {
        var opened = Sockets(TcpEventType.Accept, TcpEventType.Connect);
        var closed = Sockets(TcpEventType.Close);
        Assert.InRange(opened.Count(closed.Contains) / (double)opened.Count, 0.8, 0.99);
    }

    private static HashSet<ulong> Sockets(params TcpEventType[] types) =>
        [.. Events.Where(each => types.Contains(each.Type)).Select(each => each.Connection)];
}
