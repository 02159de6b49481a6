using System.Net;
using System.Net.Sockets;
using TraceCap.Format.Events;
using TraceCap.Recorder.Probes;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Tests;

/// <summary>Where a recording begins and ends, connections come and go as they do in the middle of it.</summary>
[Collection(Live.Name)]
public class EdgeTests
{
    private const int Streams = 4;

    /// <summary>Streams of connections, one after another, across both edges: all of a stream but its last one must be closed, and
    /// none be closed that was not opened.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_connection_is_half_seen(bool byTask)
    {
        Live.SkipUnlessAllowed();
        using var stop = new CancellationTokenSource();
        var ports = new TaskCompletionSource<ushort>[Streams];
        var streams = new Task[Streams];
        for (var i = 0; i < Streams; i++)
        {
            var port = ports[i] = new TaskCompletionSource<ushort>();
            streams[i] = Task.Factory.StartNew(() => Churn(port, stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        var listening = await Task.WhenAll(ports.Select(port => port.Task));
        var recordings = new List<List<TcpEvent>>();
        for (var i = 0; i < 3; i++)
        {
            recordings.Add(Record(new ProbeOptions
            {
                RingBytes = 64 << 20,
                Ports = new Wanted<ushort> { Only = listening },
                Pids = byTask ? (uint)Environment.ProcessId : new Wanted<uint>(),
            }));
        }

        await stop.CancelAsync();
        await Task.WhenAll(streams);
        Assert.All(recordings, events => Assert.All(listening, port => AssertWhole(events, port)));
    }

    private static void AssertWhole(List<TcpEvent> all, ushort port)
    {
        foreach (var end in all.Where(e => e.LocalPort == port || e.PeerPort == port).GroupBy(e => e.LocalPort == port))
        {
            var sockets = end.GroupBy(e => e.Connection).Select(socket => string.Concat(socket.Select(e => (char)e.Type))).ToList();
            Assert.True(sockets.Count > 10);
            // What was closed before the recording may end in it.
            Assert.All(sockets, socket => Assert.Matches("^([OCA](X?E?|EX)|E)$", socket));
            var unclosed = end.GroupBy(e => e.Connection).Where(socket => socket.All(e => e.Type is not (TcpEventType.Close or TcpEventType.Ended))).ToList();
            Assert.True(unclosed.Count <= 1, $"{all[0].Timestamp} to {all[^1].Timestamp}: {string.Join("; ", unclosed.SelectMany(socket => socket))}");
        }
    }

    private static List<TcpEvent> Record(ProbeOptions options)
    {
        using var session = LiveSession.Start(options with { ProbeSet = Live.ProbeSet });
        var sink = new Everything();
        Assert.Equal(EndOfSession.TimeOver, session.Run(sink, TimeSpan.FromSeconds(0.3)));
        Assert.Equal(((ulong)sink.Events.Count, 0ul, 0ul), (sink.LossCounters.Emitted, sink.LossCounters.Lost, sink.LossCounters.ProbeMissed));
        return [.. sink.Events.OrderBy(e => e.Timestamp)];
    }

    private static void Churn(TaskCompletionSource<ushort> port, CancellationToken stop)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        port.SetResult((ushort)((IPEndPoint)listener.LocalEndPoint!).Port);
        while (!stop.IsCancellationRequested)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.LingerState = new LingerOption(true, 0);
            client.Connect(listener.LocalEndPoint!);
            using var server = listener.Accept();
            client.Close();
        }
    }
}
