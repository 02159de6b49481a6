using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// Hands connections to a sink on a thread beside the one that pairs events, in their order: what is counted of a connection takes about as
/// long as to pair its events. What changes of a recording while it is read, but for its end, does so only when the sink has taken all before
/// (<see cref="IConnectionSink.Settle"/>), so that figures are those of one thread. Memory: 3 MiB.
/// </summary>
/// <param name="sink">Is called by one thread at a time.</param>
internal sealed class SinkAside(IConnectionSink sink) : IConnectionSink
{
    private const int MostBatches = 6;
    private const int MostConnections = 1024;

    // What is given and not yet taken, guarded by itself; and whether the thread has a batch in hand.
    private readonly Queue<Batch> given = new(MostBatches);
    private readonly ConcurrentBag<Batch> free = [];
    private bool isBusy;
    private bool hasEnded;
    private Thread? thread;
    private Batch filling = new();
    private RecordedSpan? recording;
    private volatile ExceptionDispatchInfo? failure;

    /// <summary>The sink itself where there is but one processor.</summary>
    internal static IConnectionSink Of(IConnectionSink sink) => Environment.ProcessorCount > 1 ? new SinkAside(sink) : sink;

    /// <inheritdoc />
    /// <remarks>What the sink threw is thrown by this call or a later one.</remarks>
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        Enter(recording);
        while (!connections.IsEmpty)
        {
            var some = connections[..Math.Min(connections.Length, filling.Connections.Length - filling.Count)];
            some.CopyTo(filling.Connections.AsSpan(filling.Count));
            filling.Count += some.Length;
            connections = connections[some.Length..];
            if (filling.Count == filling.Connections.Length)
            {
                Give();
            }
        }
    }

    /// <inheritdoc />
    public void Take(ref Connection[] connections, int count, RecordedSpan recording)
    {
        Enter(recording);
        if (count == 0)
        {
            return;
        }

        if (filling.Count > 0)
        {
            Give();
        }

        (filling.Connections, connections) = (connections, filling.Connections);
        filling.Count = count;
        Give();
    }

    /// <inheritdoc />
    public void Settle()
    {
        Give();
        lock (given)
        {
            while (given.Count > 0 || isBusy)
            {
                Monitor.Wait(given);
            }
        }

        failure?.Throw();
        sink.Settle();
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        Give();
        lock (given)
        {
            hasEnded = true;
            Monitor.PulseAll(given);
        }

        thread?.Join();
        failure?.Throw();
        sink.End(recordings);
    }

    private void Enter(RecordedSpan recording)
    {
        failure?.Throw();
        if (recording != this.recording)
        {
            Give();
            this.recording = recording;
            filling.Announces = true;
        }
    }

    private void Give()
    {
        if (filling.Count == 0 && !filling.Announces)
        {
            return;
        }

        if (thread is null)
        {
            thread = new Thread(Run) { IsBackground = true, Name = "figures" };
            thread.Start();
        }

        filling.Recording = recording;
        lock (given)
        {
            while (given.Count == MostBatches)
            {
                Monitor.Wait(given);
            }

            given.Enqueue(filling);
            Monitor.PulseAll(given);
        }

        filling = free.TryTake(out var used) ? used : new Batch();
    }

    private void Run()
    {
        while (Next() is { } batch)
        {
            try
            {
                if (failure is null)
                {
                    sink.Take(batch.Connections.AsSpan(0, batch.Count), batch.Recording!);
                }
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }

            (batch.Count, batch.Announces, batch.Recording) = (0, false, null);
            free.Add(batch);
        }
    }

    /// <summary>The next batch, once the one before is done; null if no more will come.</summary>
    private Batch? Next()
    {
        lock (given)
        {
            isBusy = false;
            Monitor.PulseAll(given);
            while (given.Count == 0 && !hasEnded)
            {
                Monitor.Wait(given);
            }

            isBusy = given.TryDequeue(out var batch);
            return batch;
        }
    }

    private sealed class Batch
    {
        internal Connection[] Connections { get; set; } = new Connection[MostConnections];

        internal int Count { get; set; }

        /// <summary>Whether the sink is to be called even with none.</summary>
        internal bool Announces { get; set; }

        internal RecordedSpan? Recording { get; set; }
    }
}
