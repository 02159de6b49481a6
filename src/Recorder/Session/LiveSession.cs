using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Session;

/// <summary>Why a <see cref="LiveSession"/> ended.</summary>
internal enum EndOfSession
{
    /// <summary>The caller called <see cref="LiveSession.Stop"/>.</summary>
    Stopped,

    /// <summary>The time was over.</summary>
    TimeOver,

    /// <summary>The sink had all it wanted.</summary>
    SinkFull,
}

/// <summary>
/// Drains the ring buffer into a sink until told to stop; then detaches the probes and drains what they left, so that
/// every event that happened before the end is there. One thread runs it; any thread may stop it.
/// </summary>
internal sealed class LiveSession : IDisposable
{
    /// <summary>How long the ring is left alone: the probes wake the recorder only when it is a quarter full.</summary>
    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(10);

    private readonly AttachedProbes probes;
    private readonly HostNames names;
    private readonly List<FollowedCgroup> followed = [];
    private readonly TcpEvent[] events = new TcpEvent[4096];
    private readonly List<TcpEvent> first = [];
    private ulong settled;
    private LossCounters apart;
    private EarlierEnds? earlierEnds;
    private ulong deadline = ulong.MaxValue;
    private bool hasBegun;
    private bool isDrained;
    private EndOfSession? end;

    private LiveSession(AttachedProbes probes, HostNames names)
    {
        this.probes = probes;
        this.names = names;
        Limits = probes.Limits;
        Begun = Clocks.Anchor();
    }

    /// <summary>When recording began.</summary>
    public ClockAnchor Begun { get; private set; }

    /// <summary>Knows what the events refer to, until it is disposed.</summary>
    public INames Names => names;

    /// <inheritdoc cref="AttachedProbes.ProbeSet" />
    internal string ProbeSet => probes.ProbeSet;

    /// <inheritdoc cref="RingBuffer.Fill" />
    internal RingFill RingFill => probes.Ring.Fill;

    /// <inheritdoc cref="AttachedProbes.NotUsed" />
    internal IReadOnlyDictionary<string, string> NotUsed => probes.NotUsed;

    /// <inheritdoc cref="AttachedProbes.Tree" />
    internal ProcessTree Tree => probes.Tree;

    /// <summary>What this host does not let the recorder see, one sentence each; usually nothing.</summary>
    public IReadOnlyList<string> Limits { get; private set; }

    /// <summary>Attaches the probes, turns them on, from here on the ring buffer fills, and finds out what connections are
    /// open.</summary>
    /// <param name="options">What to record.</param>
    /// <param name="tell">Gets messages for the user while it runs, on any thread; null for none.</param>
    /// <inheritdoc cref="AttachedProbes.Attach" path="/exception" />
    public static LiveSession Start(ProbeOptions options, Action<string>? tell = null)
    {
        AttachedProbes.Check();
        // One that is made anew while the probes are attached is noticed then.
        var places = options.Cgroups.Listed.Select(entry => (Place: Cgroups.Find(entry.One), entry.Passes)).ToList();
        var session = Begin(options);
        try
        {
            places.ForEach(entry => session.Follow(entry.Place, entry.Passes, tell ?? (_ => { })));
            if (options.BeyondTcptracer || options.JudgesOpenings)
            {
                session.FindOpenConnections(options);
            }
            else
            {
                session.probes.TurnOn();
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs until it is stopped, the time is over, or the sink wants no more.</summary>
    /// <param name="sink">Gets all events.</param>
    /// <param name="duration">How long; null for no limit.</param>
    public EndOfSession Run(IEventSink sink, TimeSpan? duration)
    {
        EndAfter(duration);
        while (Next(out var some, out var state))
        {
            if (!sink.Take(some, in state))
            {
                return EndOfSession.SinkFull;
            }
        }

        return end!.Value;
    }

    /// <summary>Has it end by itself.</summary>
    /// <param name="duration">How long from now on; null for no limit.</param>
    public void EndAfter(TimeSpan? duration) => deadline = duration is { } time ? After(Clocks.Monotonic(), time) : ulong.MaxValue;

    /// <summary>Gives what came next, and waits for it if need be. Once it is stopped, or the time is over, it detaches the probes and
    /// gives what they left.</summary>
    /// <param name="some">What one drain found, often nothing; in the order of arrival. Valid until the next call.</param>
    /// <param name="state">What is known beside them.</param>
    /// <returns>False at the end.</returns>
    public bool Next(out ReadOnlySpan<TcpEvent> some, out DrainState state)
    {
        if (!hasBegun)
        {
            hasBegun = true;
            some = CollectionsMarshal.AsSpan(first);
            state = StateAt(Clocks.Monotonic());
            return true;
        }

        first.Clear();
        if (isDrained)
        {
            if (end is not null)
            {
                some = [];
                state = default;
                return false;
            }

            Wait();
        }

        var count = Read(out var now);
        isDrained = count < events.Length;
        some = events.AsSpan(0, count);
        state = StateAt(now);
        return true;
    }

    /// <summary>Has it end soon.</summary>
    public void Stop() => probes.Ring.Interrupt();

    /// <summary>Detaches the probes, if they still are attached: from here on they count nothing.</summary>
    /// <returns>Where events went since the session began, those included that no sink was given.</returns>
    public LossCounters Detach()
    {
        probes.Detach();
        return ReadLossCounters();
    }

    /// <summary>Detaches the probes, if they still are attached, and frees all.</summary>
    public void Dispose()
    {
        followed.ForEach(cgroup => cgroup.Dispose());
        probes.Dispose();
        names.Dispose();
    }

    /// <summary>Who makes a cgroup and connects from it must be known before the first event.</summary>
    private static LiveSession Begin(ProbeOptions options)
    {
        var names = HostNames.Open();
        try
        {
            return new LiveSession(AttachedProbes.Attach(options), names);
        }
        catch
        {
            names.Dispose();
            throw;
        }
    }

    private void Follow(CgroupPlace place, bool passes, Action<string> tell) => followed.Add(new FollowedCgroup(
        place,
        (before, now) =>
        {
            try
            {
                probes.Earlier.MoveCgroup(before.Id, now.Id, passes);
            }
            catch (ProbeException error)
            {
                tell($"{now.Path} is recorded no longer: {error.Message}");
            }
        },
        tell));

    /// <summary>A time from now on; the end of all time if it lies beyond.</summary>
    private static ulong After(ulong now, TimeSpan time) => now + (ulong)Math.Min(time.TotalNanoseconds, ulong.MaxValue / 2);

    /// <summary>Waits until there is something to drain; if it is to end, for the last time.</summary>
    private void Wait()
    {
        var now = Clocks.Monotonic();
        var timeOver = now >= deadline;
        var pause = TimeSpan.FromMicroseconds(Math.Min(DrainInterval.TotalMicroseconds, (deadline - now) / 1000.0));
        if (timeOver || !probes.Ring.Wait(pause))
        {
            probes.Detach();
            end = timeOver ? EndOfSession.TimeOver : EndOfSession.Stopped;
        }
    }

    private DrainState StateAt(ulong now) => new(now, settled, ReadLossCounters());

    /// <summary>What the probes counted, and what was found or taken away apart from them.</summary>
    private LossCounters ReadLossCounters()
    {
        var counters = probes.LossCounters.Read() + apart;
        if (earlierEnds is { AreLeft: true })
        {
            earlierEnds.Count(probes.SkippedEarlierEnds.Count());
        }

        return earlierEnds is null ? counters : counters with { ProbeMissed = counters.ProbeMissed + earlierEnds.Missed };
    }

    /// <summary>Moves what is in the ring to <see cref="events"/>, as far as it has room.</summary>
    private int Read(out ulong now)
    {
        // An event that is not in the ring when the read begins gets its timestamp later than now.
        now = Clocks.Monotonic();
        var count = probes.Ring.Read(events, out var caughtUp);
        settled = caughtUp ? now : settled;
        earlierEnds?.Note(events.AsSpan(0, count));
        return count;
    }

    /// <summary>Puts the connections that are open before what is recorded meanwhile, which the ring may have no room
    /// for.</summary>
    private void FindOpenConnections(ProbeOptions options)
    {
        OpenConnections.GiveIds(options);
        Begun = Clocks.Anchor();
        var skipped = probes.SkippedEarlierEnds.Count();
        probes.TurnOn(Phase.Settling);
        var asked = OpenConnections.Begin(options, Begun.Monotonic);
        while (!asked.IsDone(DrainInterval))
        {
            Keep();
        }

        var found = asked.Found;
        var settlement = new Settlement(options, probes.Earlier, Begun.Monotonic);
        settlement.Announce(found);
        probes.TurnOn();
        // An accept under way has made its connection visible before there is an event for it.
        AttachedProbes.AwaitRunningProbes();
        Keep();
        settlement.Settle(found, first);
        if (options.BeyondTcptracer)
        {
            earlierEnds = new EarlierEnds(found.Select(open => open.Connection).Concat(asked.Unheld), skipped);
            earlierEnds.Note(CollectionsMarshal.AsSpan(first));
        }

        if (!options.BeyondTcptracer)
        {
            found.Clear();
        }

        // Of the open connections none is lost; what passes no filter never was an event.
        apart = new LossCounters(unchecked((ulong)found.Count - settlement.Hidden + settlement.Forgotten), 0, settlement.Forgotten, 0, 0);
        first.InsertRange(0, found);
        Limits = [.. Limits, .. asked.Limits];

        void Keep()
        {
            int count;
            do
            {
                count = Read(out _);
                first.AddRange(events.AsSpan(0, count));
            }
            while (count == events.Length);
        }
    }
}
