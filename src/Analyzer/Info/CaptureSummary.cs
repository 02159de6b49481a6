using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Info;

/// <summary>What one section of a capture holds.</summary>
internal sealed record SectionSummary
{
    /// <summary>Who recorded what, where and how; null if that block is damaged or missing.</summary>
    public CaptureHeader? Header { get; init; }

    /// <summary>Why the recording ended; null if the section has no footer: it was truncated.</summary>
    public string? EndReason { get; init; }

    /// <inheritdoc cref="CaptureFooter.IsTruncated" />
    public bool IsTruncated { get; init; }

    /// <summary>The section's bytes in the file.</summary>
    public long Bytes { get; init; }

    /// <summary>Its chunks.</summary>
    public long Chunks { get; init; }

    /// <summary>All its events.</summary>
    public ulong Recorded { get; init; }

    /// <summary>Those of its events that are wanted, by type.</summary>
    public IReadOnlyDictionary<TcpEventType, ulong> EventsByType { get; init; } = new Dictionary<TcpEventType, ulong>();

    /// <summary>Whether it is recorded how TCP ended connections: the header says so, or there are ends in the time that is wanted; null if
    /// that cannot be told, for nothing was closed then either.</summary>
    public bool? HasEnds { get; init; }

    /// <summary>Where the events went that the probes saw.</summary>
    public LossCounters LossCounters { get; init; }

    /// <summary>What it once held and has no more, as it says itself.</summary>
    public MissingEvents Missing { get; init; }

    /// <summary>The earliest wanted event, CLOCK_MONOTONIC ns; 0 without events.</summary>
    public ulong FirstTimestamp { get; init; }

    /// <summary>The latest wanted event, CLOCK_MONOTONIC ns; 0 without events.</summary>
    public ulong LastTimestamp { get; init; }

    /// <summary>The clocks at the start, at the end and in between.</summary>
    public ClockTable Clocks { get; init; } = ClockTable.None;

    /// <summary>What is named of what its events refer to.</summary>
    public CaptureNames Names { get; init; } = CaptureNames.None;

    /// <summary>The events that are wanted.</summary>
    public ulong Events => EventsByType.Values.Aggregate(0ul, (sum, count) => sum + count);

    /// <summary>Events that were emitted, and are neither written nor counted as lost: what was still under way when
    /// the recorder died.</summary>
    public long Unaccounted => unchecked((long)(LossCounters.Emitted - Recorded - LossCounters.Lost - Missing.Events));

    /// <summary>How many times smaller the section is than its events in memory.</summary>
    public double Ratio => Bytes == 0 ? 0 : (double)Recorded * TcpEvent.Size / Bytes;
}

/// <summary>What a capture holds.</summary>
internal sealed record CaptureSummary
{
    /// <summary>Its sections in file order: one, unless captures were put one after another.</summary>
    public IReadOnlyList<SectionSummary> Sections { get; init; } = [];

    /// <summary>What could not be read; null if the file was not read but told by its footers.</summary>
    public DamageLog? Damage { get; init; }

    /// <summary>The file's length in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Whether all blocks were read, and not only the footers, which know nothing of what was damaged since.</summary>
    public bool IsChecked => Damage is not null;

    /// <summary>Whether each section has its footer and no damage was met.</summary>
    public bool IsWhole => Damage is null or { Count: 0 } && Sections.Count > 0 && Sections.All(section => section.EndReason is not null);

    /// <summary>Tells what a capture holds: by its footers where they lead through the whole file, else by reading it.</summary>
    /// <param name="file">The capture.</param>
    /// <param name="filter">Which events are wanted; unless that is all, the file is read, as far as it is of the time that is wanted.</param>
    /// <exception cref="CaptureFormatException">The stream is not a capture, or one of a higher major version; or the
    /// filter has a wall-clock time, and the capture tells none.</exception>
    public static CaptureSummary Of(Stream file, CaptureFilter filter)
    {
        if (filter.IsAll && file.CanSeek && SectionIndex.Find(file) is { } sections)
        {
            foreach (var section in sections)
            {
                SectionIndex.ThrowIfNewer(file, section);
            }

            return new CaptureSummary { Bytes = file.Length, Sections = [.. sections.Select(section => FromFooter(file, section))] };
        }

        if (file.CanSeek)
        {
            file.Position = 0;
        }

        return ByReading(CaptureReader.Open(file, threads: 1, filter.Time), filter, CancellationToken.None);
    }

    /// <summary>Tells what a capture holds by reading all of it, so that what is damaged is known.</summary>
    /// <param name="file">Is read from where it stands.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="CaptureFormatException">The stream is not a capture, or one of a higher major version.</exception>
    internal static CaptureSummary Verify(Stream file, CancellationToken token) => ByReading(CaptureReader.Open(file), CaptureFilter.All, token);

    private static SectionSummary FromFooter(Stream file, SectionLocation section)
    {
        var footer = section.Footer;
        var chunks = footer.Index.Where(entry => entry.Kind == BlockKind.Chunk).ToArray();
        var clocks = new ClockTable.Builder();
        clocks.AddRange(Known(section.Header.Start));
        var missing = default(MissingEvents);
        var names = new CaptureNames.Builder();
        var passed = 0;
        foreach (var (entry, context) in SectionIndex.ReadContexts(file, section))
        {
            passed = PassEvents(clocks, footer.Index, passed, entry.Offset);
            clocks.AddRange(context.Clocks);
            missing += context.Missing;
            names.Add(context);
        }

        PassEvents(clocks, footer.Index, passed, long.MaxValue);
        clocks.AddRange(Known(footer.End));
        var filled = chunks.Where(entry => entry.Events > 0).ToArray();
        return new SectionSummary
        {
            Header = section.Header,
            EndReason = footer.Reason,
            IsTruncated = footer.IsTruncated,
            Bytes = section.End - section.Start,
            Chunks = chunks.Sum(entry => entry.Blocks),
            Recorded = footer.EventsByType.Values.Aggregate(0ul, (sum, count) => sum + count),
            EventsByType = footer.EventsByType,
            HasEnds = HasEnds(section.Header, footer.EventsByType.Keys),
            Missing = missing,
            LossCounters = footer.LossCounters,
            FirstTimestamp = filled.Length == 0 ? 0 : filled.Min(entry => entry.FirstTimestamp),
            LastTimestamp = filled.Length == 0 ? 0 : filled.Max(entry => entry.LastTimestamp),
            Clocks = clocks.Clocks,
            Names = names.Names,
        };
    }

    /// <summary>Tells the clocks which events stand before a block.</summary>
    /// <returns>Up to which entry of the index they do.</returns>
    private static int PassEvents(ClockTable.Builder clocks, IReadOnlyList<BlockEntry> index, int next, long offset)
    {
        for (; next < index.Count && index[next].Offset < offset; next++)
        {
            if (index[next].Events > 0)
            {
                clocks.Pass(index[next].LastTimestamp);
            }
        }

        return next;
    }

    private static CaptureSummary ByReading(CaptureReader reader, CaptureFilter filter, CancellationToken token)
    {
        var sections = new List<SectionBuilder>();
        while (reader.Read())
        {
            token.ThrowIfCancellationRequested();
            Begin();
            sections[^1].Add(reader);
        }

        Begin();
        return new CaptureSummary
        {
            Bytes = reader.Offset,
            Sections = [.. sections.Select(section => section.Build())],
            Damage = reader.Damage,
        };

        // A section begins even if none of its blocks can be read.
        void Begin()
        {
            while (sections.Count < reader.Section)
            {
                sections.Add(new SectionBuilder(filter));
            }
        }
    }

    private static bool? HasEnds(CaptureHeader? header, IEnumerable<TcpEventType> types) =>
        types.Contains(TcpEventType.Ended) || RecorderOptions.NoteEnds(header) ? true : types.Contains(TcpEventType.Close) ? false : null;

    private static IEnumerable<ClockAnchor> Known(ClockAnchor? clock) => clock is { } anchor ? [anchor] : [];

    private sealed class SectionBuilder(CaptureFilter filter)
    {
        private readonly Dictionary<TcpEventType, ulong> types = [];
        private readonly HashSet<TcpEventType> typesOfTime = [];
        private readonly EndTasks ends = new();
        private ClockTable clocks = ClockTable.None;
        private CaptureNames names = CaptureNames.None;
        private CaptureHeader? header;
        private CaptureFooter? footer;
        private long bytes;
        private long chunks;
        private LossCounters ledger;
        private MissingEvents missing;
        private ulong recorded;
        private ulong first = ulong.MaxValue;
        private ulong last;

        internal void Add(CaptureReader reader)
        {
            ref readonly var block = ref reader.Block;
            clocks = reader.Known.Clocks;
            names = reader.Names;
            bytes += reader.Length;
            // The footer knows of the losses that damaged blocks counted, too.
            ledger = reader.Footer?.LossCounters ?? ledger + block.LossCounters;
            switch (block.Kind)
            {
                case BlockKind.Header:
                    header = reader.Header;
                    break;
                case BlockKind.Chunk:
                    chunks++;
                    recorded += block.Events;
                    AddEvents(reader);
                    break;
                case BlockKind.Context:
                    missing += reader.Context!.Missing;
                    break;
                case BlockKind.Footer:
                    footer = reader.Footer;
                    break;
            }
        }

        internal SectionSummary Build() => new()
        {
            Header = header,
            EndReason = footer?.Reason,
            IsTruncated = footer?.IsTruncated ?? false,
            Bytes = bytes,
            Chunks = chunks,
            Recorded = recorded,
            EventsByType = types,
            HasEnds = HasEnds(header, typesOfTime),
            Missing = missing,
            LossCounters = ledger,
            FirstTimestamp = first == ulong.MaxValue ? 0 : first,
            LastTimestamp = last,
            Clocks = clocks,
            Names = names,
        };

        private void AddEvents(CaptureReader reader)
        {
            for (var events = reader.Events; !events.IsEmpty;)
            {
                var wanted = filter.Resolve(reader.Known.TakeRun(ref events, out var run));
                foreach (ref readonly var one in run)
                {
                    if (one.Timestamp >= wanted.Window.From && one.Timestamp < wanted.Window.To)
                    {
                        typesOfTime.Add(one.Type);
                    }

                    if (ends.Matches(in one, wanted))
                    {
                        CollectionsMarshal.GetValueRefOrAddDefault(types, one.Type, out _)++;
                        first = Math.Min(first, one.Timestamp);
                        last = Math.Max(last, one.Timestamp);
                    }
                }
            }
        }
    }
}
