using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Merging;

/// <summary>
/// Makes one capture out of several, in the order of time. Captures of one boot of one host share a clock; other hosts'
/// are brought onto the clock of the host that was started first, by the wall clock when each began to record.
/// Connection ids tell the hosts apart, see <see cref="CaptureHeader.Hosts"/>. Memory: some chunks for each of the
/// captures that cover the same time, and of these at most <see cref="MaxOpen"/> are read at once: more are merged in
/// groups first.
/// </summary>
internal sealed class CaptureMerge
{
    /// <summary>The most captures that are read at the same time.</summary>
    public const int MaxOpen = 16;

    private readonly IReadOnlyList<MergeInput> inputs;
    private readonly string tool;
    private readonly Func<Stream> openTemporary;
    private readonly List<IncompleteInput> incomplete = [];
    private readonly SharedHeaders headers = new();
    private readonly ToldLosses told = new();
    private readonly List<IDisposable> open = [];
    private readonly BlockDecoder decoder = new();

    /// <param name="inputs">At least one.</param>
    /// <param name="tool">The program and version that merges.</param>
    /// <param name="openTemporary">Opens an empty file to write and read again, which goes away when it is closed.</param>
    public CaptureMerge(IReadOnlyList<MergeInput> inputs, string tool, Func<Stream> openTemporary)
    {
        this.inputs = inputs;
        this.tool = tool;
        this.openTemporary = openTemporary;
    }

    /// <summary>The inputs of which not everything could be read, once they are merged.</summary>
    public IReadOnlyList<IncompleteInput> Incomplete => incomplete;

    /// <summary>Events that were in several inputs, beyond the one of each that was written.</summary>
    public long Repeated { get; private set; }

    /// <summary>Merges all; nothing is written if there is no section in any of them.</summary>
    /// <returns>Whether anything was written.</returns>
    /// <exception cref="CaptureFormatException">An input is not a capture, or one of a higher major version, or its times
    /// cannot be compared with those of others; the message names it.</exception>
    public bool Run(Stream output)
    {
        try
        {
            var sources = inputs.SelectMany(FindSections).ToList();
            if (sources.Count == 0)
            {
                return false;
            }

            open.AddRange(sources);
            var header = new MergeHosts(sources).Describe(sources, tool);
            var end = sources.Select(source => source.EndClock).Where(clock => clock is not null).MaxBy(clock => clock!.Value.Monotonic);
            while (DeepestOverlap(sources) > MaxOpen)
            {
                sources = [.. sources.OrderBy(source => source.Span.First).Chunk(MaxOpen).Select(group => MergeGroup(group, header))];
            }

            MergeInto(output, sources, header, end);
            return true;
        }
        finally
        {
            open.ForEach(each => each.Dispose());
        }
    }

    private IEnumerable<MergeSource> FindSections(MergeInput input) => Named(input.Name, () =>
    {
        var file = input.Open();
        if (!file.CanSeek)
        {
            var copy = NewTemporary();
            using (file)
            {
                file.CopyTo(copy);
            }

            return MergeSections.Find(input.Name, copy, () => copy, leaveOpen: true, incomplete, headers);
        }

        using (file)
        {
            return MergeSections.Find(input.Name, file, input.Open, leaveOpen: false, incomplete, headers);
        }
    });

    private Stream NewTemporary()
    {
        var file = openTemporary();
        open.Add(file);
        return file;
    }

    /// <summary>How many sections cover the same time, at most.</summary>
    private static int DeepestOverlap(List<MergeSource> sources)
    {
        var ends = new PriorityQueue<ulong, ulong>();
        var deepest = 0;
        foreach (var (first, last) in sources.Select(source => source.Span).OrderBy(span => span.First))
        {
            while (ends.TryPeek(out var end, out _) && end < first)
            {
                ends.Dequeue();
            }

            ends.Enqueue(last, last);
            deepest = Math.Max(deepest, ends.Count);
        }

        return deepest;
    }

    private MergeSource MergeGroup(MergeSource[] group, CaptureHeader header)
    {
        var file = NewTemporary();
        // Each of its inputs tells its own clocks; the least of all is not that of this group.
        header = header with { Start = null };
        MergeInto(file, group, header, null);
        var span = (group.Min(source => source.Span.First), group.Max(source => source.Span.Last));
        return new MergeSource("a temporary file", header, 0, span, default, () => new SectionStream(file, 0, file.Length, leaveOpen: true)) { IsMerged = true };
    }

    private void MergeInto(Stream output, IReadOnlyList<MergeSource> sources, CaptureHeader header, ClockAnchor? end)
    {
        var writer = new CaptureWriter(output, header);
        var repeats = new RepeatedEvents();
        var losses = new MergedLosses(told);
        var clocks = new ClockTable.Builder();
        clocks.AddRange(header.Start is { } start ? [start] : []);
        var queue = new PriorityQueue<MergeSource, (ulong Time, int Place)>(
            sources.Select((source, place) => (source, (source.Time, place))));
        while (queue.TryDequeue(out var source, out var key))
        {
            var more = Named(source.Name, () => source.Fill(decoder));
            losses.Take(source);
            WriteClocks(writer, source, clocks);
            if (!more)
            {
                losses.TakeRest(source);
                Close(source);
                continue;
            }

            var next = queue.TryPeek(out _, out var other) ? other.Time : ulong.MaxValue;
            if (source.Time <= next)
            {
                losses.GoTo(source.Time, writer);
                var events = source.TakeUpTo(next, writer);
                clocks.Pass(events[^1].Timestamp);
                Repeated += repeats.Append(writer, events, key.Place);
            }

            queue.Enqueue(source, (source.Time, key.Place));
        }

        losses.End(writer);
        writer.Complete(FormattableString.Invariant($"merged from {inputs.Count} captures"), end);
    }

    private static T Named<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CaptureFormatException error)
        {
            throw new CaptureFormatException($"{name}: {error.Message}", error);
        }
    }

    /// <summary>Writes what clocks of a source tell anew: those of captures that overlap mostly say the same.</summary>
    private static void WriteClocks(CaptureWriter writer, MergeSource source, ClockTable.Builder written)
    {
        foreach (var clock in source.Clocks)
        {
            if (written.BeginOf(in clock) is { } begin
                && (written.Clocks.At(begin) is not { } known || (known.WallOffset, known.Suspended) != (clock.WallOffset, clock.Suspended)))
            {
                writer.AddClock(clock.At(begin));
                written.Add(clock);
            }
        }

        source.Clocks.Clear();
    }

    private void Close(MergeSource source)
    {
        var isTruncated = source.Account?.Footer is null;
        if (source.Damage!.Count > 0 || isTruncated)
        {
            incomplete.Add(new IncompleteInput(source.Name, source.Damage, isTruncated));
        }

        source.Dispose();
    }
}
