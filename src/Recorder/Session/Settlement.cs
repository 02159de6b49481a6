using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Session;

/// <summary>
/// Brings together what was open when recording began and what was recorded while it was looked for, so that nothing is half
/// seen: a connection has one opening, and what passed no filter has no event.
/// </summary>
/// <param name="options">The filters.</param>
/// <param name="earlier">Tells the probes.</param>
/// <param name="begun">When recording began, CLOCK_MONOTONIC ns.</param>
internal sealed class Settlement(ProbeOptions options, EarlierConnections earlier, ulong begun)
{
    /// <summary>How many of the recorded events passed no filter after all.</summary>
    internal ulong Hidden { get; private set; }

    /// <summary>How many connections there is no room to remember: their closes will be missing.</summary>
    internal ulong Forgotten { get; private set; }

    /// <summary>Tells the probes of the connections that were found: before they let only those pass that they know.</summary>
    internal void Announce(List<TcpEvent> found)
    {
        foreach (ref readonly var open in CollectionsMarshal.AsSpan(found))
        {
            var fits = earlier.Keep(open.Connection) && (open.State != TcpEvent.SynSent || earlier.Await(in open));
            Forgotten += fits ? 0ul : 1;
        }
    }

    /// <summary>Takes from both lists what does not belong there, and adds what is missing.</summary>
    /// <param name="found">What was open.</param>
    /// <param name="recorded">What was recorded until the probes knew of it, and all that was in the answer must have been
    /// recorded if it began meanwhile.</param>
    internal void Settle(List<TcpEvent> found, List<TcpEvent> recorded)
    {
        var places = new Dictionary<ulong, int>();
        for (var i = 0; i < found.Count; i++)
        {
            places[found[i].Connection] = i;
        }

        var begunSince = new HashSet<ulong>();
        foreach (ref var one in CollectionsMarshal.AsSpan(recorded))
        {
            if (IsOpening(in one))
            {
                begunSince.Add(one.Connection);
                if (places.TryGetValue(one.Connection, out var place) && one.Type != TcpEventType.Accept)
                {
                    NameTask(ref one, found[place]);
                    earlier.Forget(one.Connection);
                }
            }
        }

        HideUnwanted(recorded, places);
        var closed = options.JudgesOpenings ? [] : ClosedSince(recorded, places, begunSince);
        found.RemoveAll(open => begunSince.Contains(open.Connection));
        found.AddRange(closed);
    }

    /// <summary>Whether a connection began with it, or should have.</summary>
    private static bool IsOpening(in TcpEvent one) => one.Type is TcpEventType.Connect or TcpEventType.Accept or TcpEventType.ConnectFailed;

    /// <summary>The probes did not see who began the connect; the process that holds the socket did, or inherited it.</summary>
    private static void NameTask(ref TcpEvent one, in TcpEvent open)
    {
        if (one.Tid == 0)
        {
            new EventTask(in open).WriteTo(ref one);
        }
    }

    /// <summary>With a filter on tasks, what belongs to no connection that passed it.</summary>
    private void HideUnwanted(List<TcpEvent> recorded, Dictionary<ulong, int> places)
    {
        if (!options.JudgesOpenings)
        {
            return;
        }

        var wanted = new HashSet<ulong>(places.Keys);
        var endedInQueue = new HashSet<ulong>();
        wanted.UnionWith(recorded.Where(one => IsOpening(in one) && one.Tid != 0).Select(one => one.Connection));
        Hidden = (ulong)recorded.RemoveAll(one =>
        {
            var isUnwanted = !wanted.Contains(one.Connection) && (one.Flags & TcpEventFlags.ConnectFailed) == 0;
            if (isUnwanted && one.Type == TcpEventType.Connect)
            {
                earlier.Drop(one.Connection);
            }

            // Who accepts such a connection tells of its end, which may have told of itself while all passed.
            return isUnwanted || ((one.Flags & TcpEventFlags.NotAccepted) != 0 && !endedInQueue.Add(one.Connection));
        });
    }

    /// <summary>What was open, and closed before it was found: its close proves it. Who opened it nobody knows.</summary>
    private List<TcpEvent> ClosedSince(List<TcpEvent> recorded, Dictionary<ulong, int> places, HashSet<ulong> begunSince) =>
    [
        .. from one in recorded.Where(one => EventRows.IsClose(in one))
           where one.Connection != 0 && !places.ContainsKey(one.Connection) && !begunSince.Contains(one.Connection)
           select new TcpEvent
           {
               Timestamp = begun,
               Type = TcpEventType.Open,
               Connection = one.Connection,
               IpVersion = one.IpVersion,
               LocalAddress = one.LocalAddress,
               PeerAddress = one.PeerAddress,
               LocalPort = one.LocalPort,
               PeerPort = one.PeerPort,
               Flags = one.Flags & (TcpEventFlags.V4Mapped | TcpEventFlags.Mptcp),
               Netns = one.Netns,
               NetnsId = one.NetnsId,
           },
    ];
}
