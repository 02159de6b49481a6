using System.Globalization;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>
/// Adds up what a section holds and what its loss counters say it should hold, block by block as a reader gives them,
/// and so finds what is missing.
/// </summary>
internal sealed class SectionAccount
{
    private readonly SequenceNumbers sequences = new();
    private readonly TypeCounts types = new();
    private readonly long bytesBefore;
    private readonly long blocksBefore;
    private long bytesDamaged;
    private long blocksMissing;
    private MissingEvents taken;
    private ClockTable clocks = ClockTable.None;
    private ulong recordedTo;
    private bool isPartial;

    /// <param name="start">Where the section begins in the file.</param>
    /// <param name="bytesBefore">Bytes of the file that could not be read before the section.</param>
    /// <param name="blocksBefore">Blocks of the file that were missing before the section.</param>
    internal SectionAccount(long start, long bytesBefore, long blocksBefore)
    {
        Start = start;
        this.bytesBefore = bytesBefore;
        this.blocksBefore = blocksBefore;
    }

    internal long Start { get; }

    internal CaptureHeader? Header { get; private set; }

    internal CaptureFooter? Footer { get; private set; }

    internal ulong Events { get; private set; }

    internal long Chunks { get; private set; }

    /// <summary>Bytes of all chunk payloads once unpacked.</summary>
    internal long RawBytes { get; private set; }

    /// <summary>Those that were read.</summary>
    internal Dictionary<TcpEventType, ulong> EventsByType { get; } = [];

    /// <summary>The loss counters of all blocks so far.</summary>
    internal LossCounters LossCounters { get; private set; }

    /// <summary>What the section itself says is missing.</summary>
    internal MissingEvents Declared { get; private set; }

    /// <summary>Whether it was truncated, now or before it was last written anew.</summary>
    internal bool IsTruncated => Footer?.IsTruncated ?? true;

    /// <summary>Events of the last block whose sequence number came before.</summary>
    internal int Repeated { get; private set; }

    /// <summary>Whether some of the section could not be read.</summary>
    internal bool IsDamaged => bytesDamaged > bytesBefore || blocksMissing > blocksBefore;

    /// <summary>Events that the sequence numbers skip, and that are neither counted as lost nor known to be missing; 0
    /// where the numbers do not count all events, or not all were read.</summary>
    internal ulong Skipped
    {
        get
        {
            var unknown = (Int128)sequences.Skipped - Total.Lost - Declared.Events;
            return Header is { CountsEvents: true } && !isPartial && unknown > 0 ? (ulong)unknown : 0;
        }
    }

    /// <summary>Events that were emitted, and are neither there, nor lost, nor known to be missing; negative if more are
    /// there than the loss counters know of.</summary>
    internal Int128 Unaccounted
    {
        get
        {
            // The format's sums are modulo 2^64, but which of them is the greater only the true ones tell.
            var difference = (Int128)Total.Emitted - Events - Total.Lost - Declared.Events;
            return unchecked((ulong)difference) == 0 ? 0 : difference;
        }
    }

    /// <summary>What is missing beyond what the section itself says.</summary>
    internal MissingEvents Missing => new(
        bytesDamaged - bytesBefore, blocksMissing - blocksBefore, Math.Max(Unaccounted > 0 ? (ulong)Unaccounted : 0, Skipped));

    /// <summary>What of <see cref="Missing"/> was found since this was last called, but for the events: how many these are is
    /// known at the end.</summary>
    internal MissingEvents TakeDamage()
    {
        var found = new MissingEvents(bytesDamaged - bytesBefore, blocksMissing - blocksBefore, 0);
        var more = found - taken;
        taken = found;
        return more;
    }

    /// <summary>What the footer counts beyond all blocks: blocks that are missing counted it.</summary>
    internal LossCounters LossCountersOfMissing => Footer is null ? default : Footer.LossCounters - LossCounters;

    private LossCounters Total => Footer?.LossCounters ?? LossCounters;

    /// <summary>Why it ended; without a footer, from when on nothing is known.</summary>
    internal string EndReason => Footer?.Reason
        ?? $"{CaptureFooter.Truncated}{TimeOf(Math.Max(recordedTo, Header?.Start?.Monotonic ?? 0))} is unknown";

    /// <summary>Adds the block that a reader stands on.</summary>
    internal void Add(CaptureReader reader)
    {
        bytesDamaged = reader.Damage.Bytes;
        blocksMissing = reader.Damage.MissingBlocks;
        LossCounters += reader.Block.LossCounters;
        Declared += reader.Context?.Missing ?? default;
        clocks = reader.Known.Clocks;
        recordedTo = Math.Max(recordedTo, Math.Max(reader.Block.Watermark, reader.Block.LastTimestamp));
        Header ??= reader.Header;
        Footer = reader.Footer ?? Footer;
        // Merged recordings of one host each count from the beginning.
        Repeated = Header is { Hosts.Count: > 0 } ? 0 : reader.Columns is { } columns ? sequences.Add(columns) : sequences.Add(reader.Events);
        if (reader.Block.Kind == BlockKind.Chunk)
        {
            Chunks++;
            RawBytes += reader.Block.RawLength;
            Events += reader.HasHeaderOnly ? reader.Block.Events : (ulong)reader.EventCount;
            isPartial |= reader.HasHeaderOnly && reader.Block.Events > 0;
            reader.CountTypes(types);
            types.AddTo(EventsByType);
        }
    }

    /// <summary>Ends it: what could not be read since its last block is counted to it.</summary>
    internal void End(DamageLog damage) => bytesDamaged = damage.Bytes;

    private string TimeOf(ulong monotonic) => clocks.WallClock(monotonic) is { } wall
        ? DateTime.UnixEpoch.AddTicks((long)(wall / 100)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : FormattableString.Invariant($"{monotonic} ns");
}
