using System.Net;
using System.Net.Sockets;
using TraceCap.Format.Events;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Tests;

/// <summary>Every event is recorded or counted as lost, and where.</summary>
[Collection(Live.Name)]
public class LossTests
{
    private static readonly uint Self = (uint)Environment.ProcessId;

    [Fact]
    public void Twenty_thousand_quick_connections_are_recorded_whole()
    {
        const int connections = 20_000;
        using var probes = Live.Attach(new ProbeOptions { RingBytes = 32 << 20, Pids = Self });
        var port = Loopback.Churn(connections);
        probes.Detach();
        var events = Live.Drain(probes);

        Assert.All(events, e => Assert.True(e.LocalPort == port || e.PeerPort == port));
        Assert.Equal(connections, events.Count(e => e.Type == TcpEventType.Connect));
        Assert.Equal(connections, events.Count(e => e.Type == TcpEventType.Accept));
        Assert.Equal(2 * connections, events.Count(e => e.Type == TcpEventType.Close));
        Assert.Equal(2 * connections, events.Count(e => e.Type == TcpEventType.Ended));
        Assert.Equal(new LossCounters(6 * connections, 0, 0, 0, 0), probes.LossCounters.Read());
        Assert.All(events.GroupBy(e => e.Connection), socket => Assert.Equal(3, socket.Count()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void A_full_ring_counts_what_it_has_no_room_for(int pages)
    {
        const int connections = 2_000;
        using var probes = Live.Attach(new ProbeOptions { RingBytes = pages * Environment.SystemPageSize, Pids = Self });
        Loopback.Churn(connections);
        probes.Detach();
        var ledger = probes.LossCounters.Read();
        var events = Live.Drain(probes);

        Assert.Equal(6ul * connections, ledger.Emitted);
        Assert.NotEmpty(events);
        Assert.True(ledger.RingFull > 0);
        Assert.Equal(ledger.Emitted, (ulong)events.Count + ledger.RingFull);
    }

    [Fact]
    public void A_gap_in_the_sequence_of_a_cpu_is_a_loss()
    {
        using var probes = Live.Attach(new ProbeOptions { RingBytes = 4 * Environment.SystemPageSize, Pids = Self });
        var events = new List<TcpEvent>();
        for (var i = 0; i < 5; i++)
        {
            Loopback.Churn(100);
            events.AddRange(Live.Drain(probes));
        }

        probes.Detach();
        foreach (var cpu in Enumerable.Range(0, probes.LossCounters.Cpus))
        {
            var sequences = events.Where(e => e.Cpu == cpu).Select(e => e.Sequence).ToArray();
            var row = probes.LossCounters.Read(cpu);
            Assert.Equal(sequences.Length, sequences.Distinct().Count());
            Assert.Equal(row.RingFull, row.Emitted - (ulong)sequences.Length);
            Assert.All(sequences, sequence => Assert.InRange(sequence, 1ul, row.Emitted));
        }
    }

    [Fact]
    public void Connects_under_way_that_find_no_room_are_counted()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var map = new TestMap(cgroup.Id);
        using var probes = Live.Attach(new ProbeOptions { MaxConnects = 1, CgroupMap = map.Path });
        cgroup.Run("python3", Repository.File("tests/vm/corners.py"), "many_under_way");
        probes.Detach();
        var ledger = probes.LossCounters.Read();

        Assert.True(ledger.MapFull > 0);
        Assert.Equal(ledger.Emitted, (ulong)Live.Drain(probes).Count + ledger.MapFull);
    }

    [Fact]
    public void Connects_that_fail_make_room_for_others()
    {
        using var probes = Live.Attach(new ProbeOptions { MaxConnects = 1, Pids = Self });
        for (var i = 0; i < 100; i++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Assert.Throws<SocketException>(() => client.Connect(IPAddress.Loopback, 1));
        }

        Loopback.Churn(1);
        probes.Detach();

        Assert.Equal(0ul, probes.LossCounters.Read().MapFull);
        Assert.Equal(new string('F', 100) + "CAXX", string.Concat(Live.Drain(probes).Where(e => e.Type != TcpEventType.Ended).Select(e => (char)e.Type)));
    }

    [Fact]
    public async Task A_ring_that_fills_ends_the_wait()
    {
        using var probes = Live.Attach(new ProbeOptions { RingBytes = 16 * Environment.SystemPageSize, Pids = Self });
        var waiting = Task.Run(() => probes.Ring.Wait(Timeout.InfiniteTimeSpan));
        Loopback.Churn(100);

        Assert.True(await waiting);
    }

    [Fact]
    public async Task An_interruption_ends_the_wait_and_every_later_one()
    {
        using var probes = Live.Attach(new ProbeOptions { Pids = Self });
        var waiting = Task.Run(() => probes.Ring.Wait(Timeout.InfiniteTimeSpan));
        probes.Ring.Interrupt();

        Assert.False(await waiting);
        Assert.False(probes.Ring.Wait(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void What_was_disposed_is_not_touched_any_more()
    {
        var probes = Live.Attach(new ProbeOptions { Pids = Self });
        probes.Dispose();

        Assert.Throws<ObjectDisposedException>(() => probes.Ring.Read(new TcpEvent[1], out _));
        Assert.Throws<ObjectDisposedException>(() => probes.LossCounters.Read());
        Assert.Throws<ObjectDisposedException>(() => probes.LossCounters.Read(0));
        probes.Ring.Interrupt();
        Assert.False(probes.Ring.Wait(Timeout.InfiniteTimeSpan));
    }
}
