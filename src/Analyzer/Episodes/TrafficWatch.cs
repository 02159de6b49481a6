using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Episodes;

/// <summary>
/// Watches who connects to what, and when that goes badly. Memory is bounded: of too many services, processes or sources the
/// smaller half is forgotten, those with failures last, and from then on only what is met twice within a short time is noticed. About 60 MiB at most.
/// </summary>
internal sealed class TrafficWatch
{
    private const int MaxServices = 1024;
    private const int MaxProcesses = 2048;
    private const int MaxSources = 4096;

    // EADDRNOTAVAIL of asm-generic/errno.h: no port is left.
    private const ushort NoPort = 99;

    /// <summary>What lives less is brief, in nanoseconds.</summary>
    internal const ulong BriefLifetime = 1_000_000_000;

    private readonly Dictionary<SourceKey, WatchedSource> sources = [];
    private readonly Dictionary<(GroupKey Key, bool IsHere), WatchedProcess> processes = [];
    private readonly Dictionary<(GroupKey Key, bool IsHere), WatchedService> services = [];
    private readonly Dictionary<GroupKey, PortOccupancy> ports = [];
    private readonly WatchedHosts hosts = new();
    private readonly ulong[] met = new ulong[1024];

    // Most connections are of a few sources: those that were met last, at places by their keys.
    private readonly WatchedSource?[] recent = new WatchedSource?[64];
    private int metOnce;

    /// <summary>Where times are.</summary>
    internal Places Places { get; } = new();

    /// <summary>Whether all services, processes and sources there were are known.</summary>
    internal bool IsComplete { get; private set; } = true;

    internal IReadOnlyCollection<WatchedService> Services => services.Values;

    internal IReadOnlyCollection<WatchedProcess> Processes => processes.Values;

    internal IReadOnlyCollection<WatchedSource> Sources => sources.Values;

    /// <summary>From which address to which service how many ports were held.</summary>
    internal IReadOnlyDictionary<GroupKey, PortOccupancy> Ports => ports;

    /// <summary>The name of a host.</summary>
    internal string HostOf(WatchedSource source) => hosts.NameOf(source.Key.Host);

    /// <summary>The recording that connections are of from now on.</summary>
    internal void Enter(RecordedSpan recording)
    {
        Places.Enter(recording);
        hosts.Enter(recording);
    }

    /// <summary>Takes a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="recording">The one that was entered last.</param>
    /// <returns>Its source; null if there are too many, and it is not watched.</returns>
    internal WatchedSource? Take(in Connection connection, RecordedSpan recording)
    {
        var key = new SourceKey(in connection, hosts.NumberOf(connection.Id));
        ref var last = ref recent[key.Place(recent.Length)];
        if (last is null || !last.Key.Equals(key))
        {
            last = sources.TryGetValue(key, out var known) ? known : Meet(in key, in connection, recording);
        }

        var source = last;
        if (source is not null && connection.Ending == ConnectionEnding.Failed)
        {
            Fail(source, in connection);
        }
        else if (source is not null)
        {
            Begin(source, in connection);
            End(source, in connection, recording);
        }

        return source;
    }

    private void Fail(WatchedSource source, in Connection connection)
    {
        // A program that tries several addresses at once gives up all but one of them.
        if (connection.Error == 0 && connection.ConnectTime < ConnectionStatistics.SlowConnect)
        {
            return;
        }

        var at = Places.Of(connection.Ended);
        source.Process.Attempt(Places.Of(connection.Opened));
        source.Process.Fruitless++;
        source.Process.Times.Add(at);
        if (connection.Error == NoPort)
        {
            source.Service.WithoutPort++;
            source.Service.WithoutPortTimes.Add(at);
            return;
        }

        source.Tried++;
        source.Failed++;
        source.FailedTimes.Add(at);
        source.Service.Fail(at, connection.Error);
    }

    private void Begin(WatchedSource source, in Connection connection)
    {
        if (connection.IsPreexisting || connection.Role == ConnectionRole.Unknown)
        {
            return;
        }

        // The kernel establishes also what a program does not accept.
        var (process, at) = (source.Process, Places.Of(connection.Opened + connection.AcceptTime));
        source.Tried++;
        process.Begun++;
        process.Times.Add(at);
        source.Service.Establish(at, connection.ConnectTime >= ConnectionStatistics.SlowConnect);
        if (connection.Role != ConnectionRole.Client)
        {
            return;
        }

        var from = at - (long)Math.Min(connection.ConnectTime, long.MaxValue / 4);
        process.Attempt(from);
        if (connection.ConnectTime > 0)
        {
            (source.Connects ??= new CoarseDurations()).Add(connection.ConnectTime);
        }

        source.Ports!.Take(from, connection.Ending == ConnectionEnding.Open
            ? long.MaxValue
            : Places.Of(connection.Ended) + (long)PortOccupancy.WaitAfter(in connection));
    }

    private void End(WatchedSource source, in Connection connection, RecordedSpan recording)
    {
        var (process, service) = (source.Process, source.Service);
        var isBegun = connection is { IsPreexisting: false, Role: not ConnectionRole.Unknown };
        if (connection.Ending == ConnectionEnding.Open)
        {
            if (isBegun)
            {
                process.Lifetimes.Add(connection.Lifetime, isCensored: true);
                CountOpen(process, in connection, recording);
            }

            return;
        }

        if (connection.Ending == ConnectionEnding.Unseen)
        {
            return;
        }

        if (isBegun)
        {
            process.Lifetimes.Add(connection.Lifetime);
            process.Brief += connection.Lifetime < BriefLifetime ? 1 : 0;
            process.Fruitless += connection.Role == ConnectionRole.Client && IsFruitless(in connection) ? 1 : 0;
        }

        process.SegmentsSent += connection.SegmentsSent;
        service.Ended++;
        service.SegmentsSent += connection.SegmentsSent;
        if (connection.Retransmits > 0)
        {
            service.Retransmits += connection.Retransmits;
            service.RetransmitTimes.Add(Places.Of(connection.Ended));
        }

        // A client may end what it was answered as it likes, and a probe that asks for nothing: many do so by a reset.
        if (IsResetByOthers(in connection) && (!service.IsHere || connection is { PayloadSent: 0, PayloadReceived: > 0 }))
        {
            service.Reset++;
            service.ResetTimes.Add(Places.Of(connection.Ended));
        }
    }

    private static void CountOpen(WatchedProcess process, in Connection connection, RecordedSpan recording)
    {
        if (connection.IsUncertain)
        {
            return;
        }

        if (connection.Opened - recording.Start <= (recording.End - recording.Start) / 2)
        {
            process.OpenEarly++;
        }
        else
        {
            process.OpenLate++;
        }
    }

    /// <summary>Reset, or ended by the peer (CLOSE_WAIT, LAST_ACK), and in either case without a word from it.</summary>
    private static bool IsFruitless(in Connection connection) =>
        connection.PayloadReceived == 0 && (IsResetByOthers(in connection) || connection.State is 8 or 9);

    /// <summary>A program that closes with data unread resets what it has done with.</summary>
    private static bool IsResetByOthers(in Connection connection) =>
        connection is { Ending: ConnectionEnding.Reset, EndedBy: not TcpEnd.ResetSent };

    /// <summary>Gets to know a source.</summary>
    /// <returns>Null if there are too many, and it was not met lately.</returns>
    private WatchedSource? Meet(in SourceKey key, in Connection connection, RecordedSpan recording)
    {
        if (!IsComplete && !IsMetAgain(key.Print()))
        {
            return null;
        }

        MakeRoom();
        var end = Grouping.Of(GroupBy.Service).Key(in connection, recording);
        ref var service = ref CollectionsMarshal.GetValueRefOrAddDefault(services, (end, key.IsHere), out _);
        service ??= new WatchedService(end, key.IsHere);
        ref var process = ref CollectionsMarshal.GetValueRefOrAddDefault(processes, (end with { Comm = key.Comm }, key.IsHere), out _);
        process ??= new WatchedProcess(key.Comm, service);
        PortOccupancy? occupied = null;
        if (!key.IsHere)
        {
            ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(ports, end with { Local = key.Local }, out _);
            occupied = held ??= new PortOccupancy();
        }

        return sources[key] = new WatchedSource(in key, process, connection.CgroupIn(recording)) { Ports = occupied };
    }

    /// <summary>Whether something was met before, of all that was since the last that was forgotten; at times by mistake.</summary>
    private bool IsMetAgain(int print)
    {
        ref var word = ref met[(print >> 6) & (met.Length - 1)];
        var bit = 1UL << (print & 63);
        var isMet = (word & bit) != 0;
        word |= bit;
        metOnce += isMet ? 0 : 1;
        if (metOnce > met.Length * 16)
        {
            Array.Clear(met);
            metOnce = 0;
        }

        return isMet;
    }

    private void MakeRoom()
    {
        if (sources.Count < MaxSources && processes.Count < MaxProcesses && services.Count < MaxServices)
        {
            return;
        }

        IsComplete = false;
        Array.Clear(recent);
        KeepLarger(services, MaxServices, one => one.Weight);
        KeepLarger(processes, MaxProcesses, one => one.Weight, one => services.ContainsKey((one.Service.Key, one.Service.IsHere)));
        KeepLarger(sources, MaxSources, one => one.Weight, one => processes.ContainsKey((one.Process.Key, one.Service.IsHere)));
        var kept = sources.Values.Select(one => one.Ports).ToHashSet();
        foreach (var (key, held) in ports)
        {
            if (!kept.Contains(held))
            {
                ports.Remove(key);
            }
        }
    }

    /// <summary>Keeps the larger half, if there are too many, of those that may stay.</summary>
    private static void KeepLarger<TKey, T>(Dictionary<TKey, T> all, int most, Func<T, long> weight, Func<T, bool>? mayStay = null)
        where TKey : notnull
    {
        var leaving = all.Where(one => mayStay?.Invoke(one.Value) == false).Select(one => one.Key).ToList();
        leaving.ForEach(key => all.Remove(key));
        if (all.Count >= most)
        {
            foreach (var key in all.OrderBy(one => weight(one.Value)).Take(most / 2).Select(one => one.Key).ToList())
            {
                all.Remove(key);
            }
        }
    }
}
