using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Splitting;

/// <summary>
/// Parts a capture into several, which together are the whole: merging them gives its events back. Losses are told by each part that may have
/// lost something: by all parts of that time, and a merge counts them once. What this version does not know is left out. Memory: a chunk
/// for each part, and the connections that are open.
/// </summary>
/// <param name="reader">Has not been read from yet.</param>
/// <param name="way">By what.</param>
/// <param name="size">How long a file may become, in bytes, if that is by what; about.</param>
/// <param name="open">Opens the file of a part, which has that name; stays open. Is asked once for each name, or of parts of time for each.</param>
internal sealed class CaptureSplit(CaptureReader reader, SplitWords way, long size, Func<string, Stream> open)
{
    /// <summary>Losses that parts are told which begin later.</summary>
    private const int MaxTold = 1 << 16;

    /// <summary>A part of time may be full.</summary>
    private const int MostAtOnce = 1024;

    private readonly EventStream stream = new(reader, ordersChunks: false);
    private readonly SplitRoutes routes = new(way.By);
    private readonly ChunkPacker packer = new();
    private readonly Dictionary<string, Stream> files = [];
    private readonly List<(DatedLoss Loss, MissingEvents Missing)> told = [];
    private Dictionary<string, SplitPart> parts = [];
    private SectionAccount? account;
    private LossDates dates = new();
    private DatedLoss? pending;
    private MissingEvents damage;
    private MissingEvents placed;
    private CaptureHeader header = new();
    private string bootId = "";
    private string current = "";
    private bool hasBegun;
    private int section;

    /// <summary>Reads to the end, and completes all parts.</summary>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    internal void Run()
    {
        while (stream.ReadBlock(out var events))
        {
            if (stream.Section != section || account is null)
            {
                if (reader.Section == 0)
                {
                    return;
                }

                BeginSection();
            }

            if (!stream.SectionEnded)
            {
                TakeBlock();
                Route(events);
                continue;
            }

            // What was lost at the end is of the time of the last events, and expected before them.
            AwaitEnd();
            Route(events);
            EndSection();
        }

        if (account is not null)
        {
            AwaitEnd();
            EndSection();
        }
    }

    private void BeginSection()
    {
        section = stream.Section;
        var before = header;
        header = stream.Header ?? new CaptureHeader();
        routes.Begin(header.BootId.Length > 0 && header.BootId == before.BootId);
        // What has no boot id would be of another host in each part.
        bootId = header.BootId.Length > 0 ? header.BootId : $"split {stream.FileId}";
        account = new SectionAccount(reader.Offset, section == 1 ? 0 : reader.Damage.Bytes, section == 1 ? 0 : reader.Damage.MissingBlocks);
        (dates, pending, damage, placed) = (new LossDates(), null, default, default);
        (parts, current, hasBegun) = ([], "", false);
        told.Clear();
    }

    /// <summary>Takes what the block says that was read last: what was lost since the one before.</summary>
    private void TakeBlock()
    {
        account!.Add(reader);
        var more = account.TakeDamage();
        var declared = reader.Context is { Missing: { IsInPlace: true } missing } ? missing : default;
        damage += more + declared;
        Await(dates.Take(in reader.Block, damaged: !(more + declared).IsNone));
    }

    private void AwaitEnd()
    {
        account!.End(reader.Damage);
        damage += account.TakeDamage();
        var loss = dates.End(stream.RecordedTo, damaged: !damage.IsNone);
        Await(loss with { LossCounters = loss.LossCounters + account.LossCountersOfMissing });
    }

    /// <summary>Notes a loss, to be told once the events have come to its end.</summary>
    private void Await(DatedLoss? loss)
    {
        if (loss is not { IsLossy: true } more)
        {
            return;
        }

        if (pending is null)
        {
            foreach (var part in Concerned)
            {
                part.Expect(more.From);
            }
        }

        pending = pending?.And(in more) ?? more;
    }

    private IEnumerable<SplitPart> Concerned => !way.IsOfTime ? parts.Values : parts.TryGetValue(current, out var part) ? [part] : [];

    private void Route(ReadOnlySpan<TcpEvent> events)
    {
        while (!events.IsEmpty)
        {
            var context = stream.TakeRun(ref events, out var run);
            Route(run, context);
        }
    }

    private void Route(ReadOnlySpan<TcpEvent> events, EventContext context)
    {
        string? name = null;
        while (!events.IsEmpty)
        {
            name ??= routes.Of(in events[0], context);
            if (pending is { } loss && events[0].Timestamp > loss.To)
            {
                Tell();
            }

            // Neighbours that belong together go together: each is asked for its part once.
            var (length, next) = (1, default(string));
            var until = pending?.To ?? ulong.MaxValue;
            while (next is null && length < Math.Min(events.Length, MostAtOnce) && events[length].Timestamp <= until)
            {
                next = routes.Of(in events[length], context);
                (length, next) = next == name ? (length + 1, null) : (length, next);
            }

            PartOf(name, context, events[0].Timestamp).Append(events[..length], context, pending?.From);
            events = events[length..];
            name = next;
        }
    }

    private void Tell()
    {
        if (pending is not { } loss)
        {
            return;
        }

        var missing = damage;
        foreach (var part in Concerned)
        {
            part.Tell(in loss, in missing);
        }

        if (!way.IsOfTime || parts.Count == 0)
        {
            if (told.Count < MaxTold)
            {
                told.Add((loss, missing));
            }
            else
            {
                // Too many to be told one by one: a merge counts these again.
                told[^1] = (told[^1].Loss.And(in loss), told[^1].Missing + missing);
            }
        }

        placed += missing;
        (pending, damage) = (null, default);
    }

    private SplitPart PartOf(string name, EventContext context, ulong time)
    {
        if (way.IsOfTime && IsFull(name))
        {
            CompleteTime(context, time);
        }

        if (!parts.TryGetValue(name, out var part))
        {
            part = Begin(name, context, time);
            parts.Add(name, part);
        }

        current = name;
        return part;
    }

    private bool IsFull(string name) => parts.Count > 0 && (way.By == SplitBy.Size ? parts[current].Length >= size : name != current);

    /// <summary>Ends a part of time where the next one begins.</summary>
    private void CompleteTime(EventContext context, ulong time)
    {
        Tell();
        parts[current].Complete(new CaptureFooter { Reason = "split", End = context.Clock?.At(time) }, default);
        parts.Clear();
    }

    private SplitPart Begin(string name, EventContext context, ulong time)
    {
        var own = header with { BootId = bootId };
        if (!way.IsOfTime)
        {
            own = own with { Selection = [.. own.Selection, $"--by {way.Word} --keep-whole {Quote(name)}"] };
        }
        else if (hasBegun)
        {
            own = own with
            {
                Start = context.Clock?.At(time) ?? own.Start,
                Recorded = [.. own.Recorded.Select(period => period.Within(new RecordedPeriod(time, ulong.MaxValue)))],
            };
        }

        hasBegun = true;
        if (way.IsOfTime || !files.TryGetValue(name, out var file))
        {
            files[name] = file = open(name);
        }

        var part = new SplitPart(file, own, packer);
        foreach (var (loss, missing) in told)
        {
            part.Expect(loss.From);
            part.Tell(in loss, in missing);
        }

        if (way.IsOfTime)
        {
            // Those that come later are of another time.
            told.Clear();
        }

        if (pending is { } awaited)
        {
            part.Expect(awaited.From);
        }

        return part;
    }

    private void EndSection()
    {
        if (parts.Count == 0)
        {
            // There are no events, but there may be losses.
            var name = way.By == SplitBy.Size ? "" : SplitRoutes.None;
            parts.Add(name, Begin(name, stream.Known, 0));
            current = name;
        }

        Tell();
        var rest = account!.Declared + account.Missing - placed;
        var footer = new CaptureFooter { Reason = account.EndReason, IsTruncated = account.IsTruncated, End = account.Footer?.End };
        foreach (var part in parts.Values)
        {
            part.Complete(footer, in rest);
        }

        account = null;
    }

    private static string Quote(string name) => $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
