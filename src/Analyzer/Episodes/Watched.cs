using System.Runtime.InteropServices;
using TraceCap.Analyzer.Figures;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Episodes;

/// <summary>What is known of connections to one service, or of those that it accepted: two of these if both ends are on the host.</summary>
/// <param name="key">Its address and port.</param>
/// <param name="isHere">Whether it is what it accepted.</param>
internal sealed class WatchedService(GroupKey key, bool isHere)
{
    private Dictionary<ushort, long>? errors;

    internal GroupKey Key => key;

    internal bool IsHere => isHere;

    /// <summary>Connects, or accepts, that are established.</summary>
    internal long Established { get; set; }

    /// <summary>Connects that failed, but for <see cref="WithoutPort"/>.</summary>
    internal long Failed { get; private set; }

    /// <summary>Connects for which this end had no port left.</summary>
    internal long WithoutPort { get; set; }

    /// <summary>Connects that took a second or more.</summary>
    internal long Slow { get; set; }

    /// <summary>Connections that were over before this end closed them, and that is odd: all that it had opened, and of those that
    /// it accepted the ones that it had not answered.</summary>
    internal long Reset { get; set; }

    /// <summary>Connections that ended.</summary>
    internal long Ended { get; set; }

    internal ulong SegmentsSent { get; set; }

    internal ulong Retransmits { get; set; }

    /// <summary>When the first was established, or tried in vain.</summary>
    internal long First { get; private set; } = long.MaxValue;

    /// <summary>When the last was established.</summary>
    internal long Last { get; private set; } = long.MinValue;

    /// <summary>When something was retransmitted, or a connection reset, first and last: by the close.</summary>
    internal Extent RetransmitTimes { get; } = new();

    internal Extent ResetTimes { get; } = new();

    internal Extent WithoutPortTimes { get; } = new();

    /// <summary>When connections were established or accepted.</summary>
    internal TimeCells<CountCell> Openings { get; } = new(1024, 20);

    /// <summary>When connects failed; null if none did.</summary>
    internal EpisodeCells? Failures { get; private set; }

    /// <summary>When connects were slow; null if none were.</summary>
    internal EpisodeCells? SlowOnes { get; private set; }

    /// <summary>Why they failed; 0: the program gave up.</summary>
    internal IReadOnlyDictionary<ushort, long> Errors => errors ?? [];

    /// <summary>Connects, failed ones included.</summary>
    internal long Tried => Established + Failed;

    /// <summary>Which stay when there are too many: those with trouble first.</summary>
    internal long Weight => Established + (64 * (Failed + WithoutPort));

    /// <summary>How many connects were established, and how many failed, in a time: in the cells of which all are in it.</summary>
    internal (long Established, long Failed) Between(long from, long to)
    {
        var established = 0L;
        for (var index = 0; index < Openings.Count; index++)
        {
            established += Openings.Begin(index) >= from && Openings.Begin(index + 1) <= to ? Openings[index].Value : 0;
        }

        return (established, Failures?.BadBetween(from, to) ?? 0);
    }

    internal void Fail(long at, ushort error)
    {
        Failed++;
        First = Math.Min(First, at);
        (Failures ??= new EpisodeCells()).Bad(at);
        CollectionsMarshal.GetValueRefOrAddDefault(errors ??= [], error, out _)++;
    }

    internal void Establish(long at, bool isSlow)
    {
        Established++;
        First = Math.Min(First, at);
        Last = Math.Max(Last, at);
        Openings.At(at).Value++;
        Failures?.Good(at);
        if (isSlow)
        {
            Slow++;
            (SlowOnes ??= new EpisodeCells()).Bad(at);
        }
        else
        {
            SlowOnes?.Good(at);
        }
    }
}

/// <summary>What is known of the connections of one process to one service, by the name of its thread.</summary>
internal sealed class WatchedProcess(ThreadName comm, WatchedService service)
{
    private long lastAttempt = long.MinValue;

    internal WatchedService Service => service;

    /// <summary>The process and the service.</summary>
    internal GroupKey Key { get; } = service.Key with { Comm = comm };

    /// <summary>Connects that are established, or accepts.</summary>
    internal long Begun { get; set; }

    /// <summary>Of <see cref="Begun"/>: ended within a second.</summary>
    internal long Brief { get; set; }

    /// <summary>Connects, failed ones included.</summary>
    internal long Attempts { get; private set; }

    /// <summary>Of <see cref="Attempts"/>: those that came to nothing, as they failed, were reset, or were closed by the service
    /// without a word.</summary>
    internal long Fruitless { get; set; }

    /// <summary>Of <see cref="Begun"/>: certainly still open, and begun in the first half of the recording.</summary>
    internal long OpenEarly { get; set; }

    /// <summary>The same, of the second half.</summary>
    internal long OpenLate { get; set; }

    internal ulong SegmentsSent { get; set; }

    /// <summary>When its connects, or accepts, were, first and last.</summary>
    internal Extent Times { get; } = new();

    /// <summary>How long the connections lived, those still open as censored.</summary>
    internal CoarseDurations Lifetimes { get; } = new();

    /// <summary>From one connect to the next.</summary>
    internal CoarseDurations Intervals { get; } = new();

    internal long Weight => Begun + (64 * Fruitless);

    internal void Attempt(long at)
    {
        Attempts++;
        if (at >= lastAttempt)
        {
            if (lastAttempt != long.MinValue)
            {
                Intervals.Add((ulong)(at - lastAttempt));
            }

            lastAttempt = at;
        }
    }
}

/// <summary>What is known of the connections of one process from one address, cgroup and host to one service.</summary>
internal sealed class WatchedSource(in SourceKey key, WatchedProcess process, CgroupName? cgroup)
{
    private readonly SourceKey key = key;

    internal ref readonly SourceKey Key => ref key;

    internal WatchedProcess Process => process;

    internal WatchedService Service => process.Service;

    /// <summary>Null if it is not known.</summary>
    internal CgroupName? Cgroup => cgroup;

    internal long Tried { get; set; }

    internal long Failed { get; set; }

    internal Extent FailedTimes { get; } = new();

    /// <summary>How long it took to connect; null before anything did.</summary>
    internal CoarseDurations? Connects { get; set; }

    /// <summary>The ports that its address holds for the service, with those of others there.</summary>
    internal PortOccupancy? Ports { get; init; }

    internal long Weight => Tried + (64 * Failed);

    /// <summary>What its connections are counted in, where all of them are of one group: so that is not looked up for each.</summary>
    internal CountedGroup Group { get; set; }
}

/// <summary>When something happened, first and last.</summary>
internal sealed class Extent
{
    internal long From { get; private set; } = long.MaxValue;

    internal long To { get; private set; } = long.MinValue;

    internal void Add(long at) => (From, To) = (Math.Min(From, at), Math.Max(To, at));
}
