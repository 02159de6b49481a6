using TraceCap.Analyzer.Connections;

namespace TraceCap.Exports.Perfetto;

/// <summary>
/// Counters of a recording: connections that are active, and how many are opened, end and fail in each second of it. Connections are
/// taken in the order in which they were opened; those that have yet to end are remembered.
/// </summary>
internal sealed class CounterTracks
{
    private readonly TraceWriter writer;
    private readonly Level active;
    private readonly PerSecond opened;
    private readonly PerSecond ended;
    private readonly PerSecond failed;
    private readonly PriorityQueue<bool, ulong> ends = new();

    /// <param name="writer">Where they go.</param>
    /// <param name="parent">The track that they stand below.</param>
    /// <param name="start">When the recording began.</param>
    internal CounterTracks(TraceWriter writer, ulong parent, ulong start)
    {
        this.writer = writer;
        active = new Level(writer, writer.Track("active connections", parent, isCounter: true, description: "Sockets: a connection within the host has two."));
        opened = Rate("opened per second");
        ended = Rate("ended per second");
        failed = Rate("failed per second");

        PerSecond Rate(string name) => new(writer, writer.Track(name, parent, isCounter: true), start);
    }

    /// <summary>Counts a connection.</summary>
    /// <param name="connection">It was opened no earlier than the last one.</param>
    /// <param name="begin">When it was opened, or tried.</param>
    /// <param name="end">When it ended.</param>
    internal void Add(in Connection connection, ulong begin, ulong end)
    {
        Advance(begin);
        if (connection.Ending == ConnectionEnding.Failed)
        {
            ends.Enqueue(true, end);
            return;
        }

        active.Add(begin, 1);
        if (!connection.IsPreexisting)
        {
            opened.Add(begin);
        }

        if (connection.Ending != ConnectionEnding.Open)
        {
            ends.Enqueue(false, end);
        }
    }

    /// <summary>There are no more connections.</summary>
    internal void End()
    {
        Advance(ulong.MaxValue);
        active.Flush();
        opened.Flush();
        ended.Flush();
        failed.Flush();
    }

    private void Advance(ulong to)
    {
        while (ends.TryPeek(out var isFailure, out var time) && time <= to)
        {
            ends.Dequeue();
            if (isFailure)
            {
                failed.Add(time);
                continue;
            }

            active.Add(time, -1);
            ended.Add(time);
        }
    }

    /// <summary>A number that goes up and down.</summary>
    private sealed class Level(TraceWriter writer, ulong track)
    {
        private ulong? at;
        private long value;

        /// <summary>All changes of an instant are one.</summary>
        internal void Add(ulong time, long change)
        {
            if (at is { } before && before != time)
            {
                writer.Counter(before, track, value);
            }

            at = time;
            value += change;
        }

        internal void Flush()
        {
            if (at is { } time)
            {
                writer.Counter(time, track, value);
            }
        }
    }

    /// <summary>How much happens in each second from a start; written where it changes.</summary>
    private sealed class PerSecond(TraceWriter writer, ulong track, ulong start)
    {
        private const ulong Second = 1_000_000_000;

        private ulong second;
        private long count;
        private long written = -1;

        internal void Add(ulong time)
        {
            var now = (Math.Max(time, start) - start) / Second;
            if (now != second)
            {
                Write(second, count);
                if (now > second + 1)
                {
                    Write(second + 1, 0);
                }

                (second, count) = (now, 0);
            }

            count++;
        }

        /// <summary>Nothing follows.</summary>
        internal void Flush()
        {
            Write(second, count);
            Write(second + 1, 0);
        }

        private void Write(ulong of, long value)
        {
            var time = (UInt128)start + ((UInt128)of * Second);
            if (value != written && time <= ulong.MaxValue)
            {
                writer.Counter((ulong)time, track, value);
                written = value;
            }
        }
    }
}
