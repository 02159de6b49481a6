using System.Diagnostics.CodeAnalysis;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Merging;

/// <summary>One section to be merged, and its events in the order of time, on the clock and with the connection ids of the
/// merged capture. Its file is open while it is read.</summary>
internal sealed class MergeSource : IDisposable
{
    /// <summary>Grows where blocks are longer. Of thousands of sections most are short.</summary>
    private const int FirstBuffer = 4096;

    private readonly Func<Stream> open;
    private readonly SectionEnd end;
    private Stream? stream;
    private SectionReader? blocks;
    private EventOrder? order;
    private readonly List<NamedId> cgroups = [];
    private readonly List<NamedId> namespaces = [];
    private TcpEvent[] events = [];
    private int next;
    private int count;
    private bool ended;
    private readonly LossDates dates = new();
    private readonly ArrivedNames arrived = new();
    private CaptureNames names = CaptureNames.None;
    private readonly Queue<ToldLoss> losses = [];
    private LossCounters unseen;
    private MissingEvents damage;
    private MissingEvents dated;

    /// <param name="name">What messages call the file.</param>
    /// <param name="header">Of the section; without content if it is missing.</param>
    /// <param name="start">Where the section begins in the file.</param>
    /// <param name="span">The earliest and the latest of its events, CLOCK_MONOTONIC ns.</param>
    /// <param name="end">Up to when it was recorded.</param>
    /// <param name="open">Opens the section.</param>
    internal MergeSource(string name, CaptureHeader header, long start, (ulong First, ulong Last) span, SectionEnd end, Func<Stream> open)
    {
        Name = name;
        Header = header;
        Start = start;
        Span = span;
        this.end = end;
        this.open = open;
    }

    internal string Name { get; }

    internal CaptureHeader Header { get; }

    internal long Start { get; }

    /// <summary>What tells its clock from those of others: the boot id, and without one its file.</summary>
    internal string Clock => Header.BootId.Length > 0 ? Header.BootId : $"{Name} at {Start}";

    /// <summary>Whether it is made of sources that were merged before.</summary>
    internal bool IsMerged { get; init; }

    internal (ulong First, ulong Last) Span { get; private set; }

    /// <summary>What is added to its timestamps.</summary>
    internal long ClockOffset { get; private set; }

    /// <summary>When it was recorded.</summary>
    internal IEnumerable<RecordedPeriod> Recorded
    {
        get
        {
            var all = new RecordedPeriod((Header.ClaimsTooMuch ? null : Header.Start?.Monotonic) ?? Span.First - (ulong)ClockOffset, end.Time);
            return (Header.Recorded.Count == 0 ? [all] : Header.Recorded.Select(period => period.Within(all)))
                .Where(period => period.To > period.From)
                .Select(period => new RecordedPeriod(period.From + (ulong)ClockOffset, period.To + (ulong)ClockOffset));
        }
    }

    /// <summary>The clocks when it began; null if they are not known.</summary>
    internal ClockAnchor? StartClock => OnClock(Header.Start);

    /// <summary>The clocks when it ended; null if they are not known.</summary>
    internal ClockAnchor? EndClock => OnClock(end.Clock);

    /// <summary>By the number of a host in the section's own connection ids, that in those of the merged capture; empty if
    /// ids stay.</summary>
    internal int[] HostNumbers { get; private set; } = [];

    /// <summary>Whether its clock is the one of the merged capture; that of another host is only brought onto it.</summary>
    internal bool IsOnClock { get; private set; } = true;

    /// <summary>When its next event was; before it is open, when its first one is said to have been.</summary>
    internal ulong Time => next < count ? events[next].Timestamp : Span.First;

    /// <summary>The section, once all of it is read.</summary>
    internal SectionAccount? Account { get; private set; }

    /// <summary>What could not be read, once all is.</summary>
    internal DamageLog? Damage { get; private set; }

    /// <summary>Clocks of the merged capture's host that came since they were last asked for, each as of when it counts from.</summary>
    internal List<ClockAnchor> Clocks { get; } = [];

    /// <summary>Says how it is brought onto the clock and the hosts of the merged capture.</summary>
    internal void Place(long clockOffset, bool isOnClock, int[] hostNumbers)
    {
        ClockOffset = clockOffset;
        IsOnClock = isOnClock;
        HostNumbers = hostNumbers;
        Span = (Span.First + (ulong)clockOffset, Span.Last + (ulong)clockOffset);
    }

    /// <summary>Has events ready, unless there are no more.</summary>
    /// <param name="decoder">All sources share it.</param>
    /// <exception cref="CaptureFormatException">The section cannot be read, or has connection ids that are too large.</exception>
    internal bool Fill(BlockDecoder decoder)
    {
        while (next == count && !ended)
        {
            Load(decoder);
        }

        return next < count;
    }

    /// <summary>The next of the losses that the section has told, on the clock of the merged capture; null if there is none. Each
    /// by itself: what another source tells one by one is the same only so.</summary>
    internal ToldLoss? TakeLoss()
    {
        if (!losses.TryDequeue(out var told))
        {
            return null;
        }

        // Before the first watermark it was lost at any time since recording began.
        var begin = Recorded.Select(period => period.From).FirstOrDefault();
        var loss = told.Dated;
        return told with
        {
            Dated = loss with { From = loss.From == 0 ? begin : loss.From + (ulong)ClockOffset, To = loss.To + (ulong)ClockOffset },
        };
    }

    /// <summary>What is missing beside what its losses tell, once all of it is read.</summary>
    internal MissingEvents Rest => Account!.Declared + Account.Missing - dated;

    /// <summary>What the footer knows of beyond the blocks: it was lost at a time that only damaged blocks told. Once.</summary>
    internal LossCounters TakeUndated()
    {
        var taken = unseen;
        unseen = default;
        return taken;
    }

    private void TakeNames(CaptureWriter writer)
    {
        foreach (var name in Placed(cgroups))
        {
            writer.NameCgroup(name);
        }

        foreach (var name in Placed(namespaces))
        {
            writer.NameNetns(name);
        }

        cgroups.Clear();
        namespaces.Clear();
    }

    /// <summary>Takes the events that are not later than a time, at least one, and has the merged capture name what they refer
    /// to.</summary>
    internal ReadOnlySpan<TcpEvent> TakeUpTo(ulong time, CaptureWriter writer)
    {
        TakeNames(writer);
        var from = next++;
        var said = arrived.Of(order!.ArrivalOf(from, out var same));
        while (next < count && next - from < same && events[next].Timestamp <= time)
        {
            next++;
        }

        var taken = events.AsSpan(from, next - from);
        if (said != names && names.Renames(said))
        {
            NameAsBefore(writer, said, taken);
        }

        return taken;
    }

    /// <summary>Gives back all its memory: there may be thousands that are done.</summary>
    public void Dispose()
    {
        stream?.Dispose();
        (stream, blocks, order, events) = (null, null, null, []);
        (Account, Damage, names) = (null, null, CaptureNames.None);
        arrived.Clear();
    }

    /// <summary>Events that waited for their turn while a number was given another name have the one before; what comes after
    /// them has the other again.</summary>
    private void NameAsBefore(CaptureWriter writer, CaptureNames said, ReadOnlySpan<TcpEvent> waited)
    {
        foreach (ref readonly var one in waited)
        {
            var merged = (int)(one.Connection >> MergedHost.ConnectionShift);
            var own = HostNumbers.Length == 0 ? merged : Array.IndexOf(HostNumbers, merged);
            var host = said.OfSeveralHosts ? (ushort)own : (ushort)0;
            var asRead = one with { Connection = one.Connection == 0 ? 0 : ((ulong)own << MergedHost.ConnectionShift) | 1 };
            if (said.CgroupOf(in asRead) is { } cgroup && names.CgroupOf(in asRead) is { } now && now.Path != cgroup.Path)
            {
                writer.NameCgroup(Placed([new NamedId(one.Cgroup, cgroup.Path, host)]).Single());
                cgroups.Add(new NamedId(one.Cgroup, now.Path, host));
            }

            if (said.NetnsOf(in asRead) is { } netns && names.NetnsNameOf(in asRead) is { } renamed && renamed.Name != netns)
            {
                writer.NameNetns(Placed([renamed with { Name = netns }]).Single());
                namespaces.Add(renamed);
            }
        }
    }

    [MemberNotNull(nameof(blocks), nameof(order))]
    private void Open(BlockDecoder decoder)
    {
        if (blocks is null || order is null)
        {
            stream = open();
            blocks = new SectionReader(new CaptureReader(new BlockReader(stream, Start, FirstBuffer), threads: 1, decoder));
            order = new EventOrder();
        }
    }

    private void Load(BlockDecoder decoder)
    {
        if (blocks is null && Header.Start is { } start)
        {
            // The first clock counts for what is before it as well.
            AddClocks([start.At(Math.Min(start.Monotonic, Span.First))]);
        }

        Open(decoder);
        var more = blocks.Read();
        if (!more)
        {
            ended = true;
            Account = blocks.Ended;
            Damage = blocks.Blocks.Damage;
            AddLoss(dates.End(end.Time, AddDamage(Account!.TakeDamage())));
            unseen = Account!.LossCountersOfMissing;
            Take(order.Flush());
            return;
        }

        var declared = blocks.Blocks.Context is { Missing: { IsInPlace: true } before } ? before : default;
        AddLoss(dates.Take(in blocks.Blocks.Block, AddDamage(blocks.Current!.TakeDamage() + declared)));
        names = blocks.Blocks.Names;
        if (blocks.Blocks.Context is { } context)
        {
            AddClocks(context.Clocks);
            cgroups.AddRange(context.Cgroups);
            namespaces.AddRange(context.NetworkNamespaces);
        }

        AddClocks(blocks.Blocks.Footer?.End is { } last ? [last] : []);
        var arrival = blocks.Blocks.Events.IsEmpty ? 0 : arrived.Arrive(names, order.EarliestArrival);
        Take(order.Add(blocks.Blocks.Events, blocks.Blocks.Block.Watermark, arrival));
    }

    /// <returns>Whether there is any.</returns>
    private bool AddDamage(in MissingEvents more)
    {
        damage += more;
        dated += more;
        return !more.IsNone;
    }

    private void AddLoss(DatedLoss? more)
    {
        if (more is { IsLossy: true } lossy)
        {
            losses.Enqueue(new ToldLoss(lossy, damage));
            damage = default;
        }
    }

    private void AddClocks(IEnumerable<ClockAnchor> more)
    {
        foreach (var clock in IsOnClock ? more : [])
        {
            if ((blocks?.Blocks.BeginOf(in clock) ?? (blocks is null ? clock.Monotonic : null)) is { } begin)
            {
                Clocks.Add(clock.At(begin));
            }
        }
    }

    private void Take(ReadOnlySpan<TcpEvent> batch)
    {
        if (events.Length < batch.Length)
        {
            events = new TcpEvent[batch.Length];
        }

        batch.CopyTo(events);
        (next, count) = (0, batch.Length);
        if (HostNumbers.Length > 0 || ClockOffset != 0)
        {
            Place(events.AsSpan(0, count));
        }
    }

    private ClockAnchor? OnClock(ClockAnchor? clock) => clock is not { } known ? null : new ClockAnchor(
        known.Monotonic + (ulong)ClockOffset, known.Boottime + (ulong)ClockOffset, known.Realtime);

    /// <summary>A name of a host that the section does not have is the name of nothing.</summary>
    private IEnumerable<NamedId> Placed(List<NamedId> names) => HostNumbers.Length == 0
        ? names
        : names.Where(name => name.Host < HostNumbers.Length).Select(name => name with { Host = (ushort)HostNumbers[name.Host] });

    private void Place(Span<TcpEvent> batch)
    {
        foreach (ref var one in batch)
        {
            one.Timestamp += (ulong)ClockOffset;
            if (HostNumbers.Length == 0 || one.Connection == 0)
            {
                continue;
            }

            var host = one.Connection >> MergedHost.ConnectionShift;
            if (host >= (ulong)HostNumbers.Length)
            {
                throw new CaptureFormatException(
                    $"connection id {one.Connection} is of host {host}, the capture has {HostNumbers.Length}; expected ids below 2^{MergedHost.ConnectionShift} for each host");
            }

            one.Connection ^= (host ^ (ulong)HostNumbers[host]) << MergedHost.ConnectionShift;
        }
    }
}
