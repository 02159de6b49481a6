using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Connections;

/// <summary>A time in which events were lost, both ends included.</summary>
/// <param name="From">CLOCK_MONOTONIC ns.</param>
/// <param name="To">CLOCK_MONOTONIC ns.</param>
internal readonly record struct LossPeriod(ulong From, ulong To)
{
    /// <summary>How many were lost at most, by place: all of them may have been of any part of the period.</summary>
    public LossCounters LossCounters { get; init; }

    /// <summary>Whether something could not be read, and took an unknown number of events with it.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>At most so many events were lost in it; null if nobody counted them.</summary>
    public ulong? AtMost => IsDamaged ? null : LossCounters.Lost + LossCounters.ProbeMissed;
}

/// <summary>A time during which one host was recorded: a section of a capture, and those that go on where it ended. If only a
/// part of it was asked for, that part.</summary>
internal sealed class RecordedSpan
{
    private readonly List<LossPeriod> losses = [];
    private readonly List<RecordedPeriod> pauses = [];
    private readonly List<string> filters = [];
    private readonly List<string> partingFilters = [];
    private readonly List<string> selections = [];
    private ulong start;
    private ulong? origin;

    /// <summary>The host's name; empty if it is not known.</summary>
    public string Host { get; init; } = "";

    /// <summary>The kernel's boot id; empty if it is not known.</summary>
    public string BootId { get; init; } = "";

    /// <summary>When it began, CLOCK_MONOTONIC ns: with the recording, or with the first event if that is not known.
    /// </summary>
    public required ulong Start
    {
        get => start;
        init => start = value;
    }

    /// <summary>Up to when it is known, CLOCK_MONOTONIC ns.</summary>
    public ulong End { get; internal set; }

    /// <summary>Where its seconds count from, CLOCK_MONOTONIC ns: the beginning of the recording, also where only a later part
    /// was asked for.</summary>
    public ulong Origin
    {
        get => origin ?? start;
        internal set => origin = value;
    }

    /// <summary>What to add to a monotonic timestamp for a place on the line of time that recordings share, in nanoseconds; null
    /// if it is not known. It is the first wall clock that was noted, so that differences are not bent by steps of the clock; times of day
    /// are those of <see cref="WallClock"/>.</summary>
    public long? WallOffset { get; init; }

    /// <summary>Where events went so far.</summary>
    public LossCounters LossCounters { get; internal set; }

    /// <summary>What is named of what its events refer to.</summary>
    public CaptureNames Names
    {
        get => History.Names;
        internal init => History.Take(value);
    }

    /// <summary>Its names, and those that some of its connections had before.</summary>
    internal NameHistory History { get; } = new();

    /// <summary>The clocks that its times of day go by.</summary>
    public ClockTable Clocks { get; internal set; } = ClockTable.None;

    /// <summary>The hosts that it was merged of, in the order in which connection ids have them; empty if it is of one.</summary>
    public IReadOnlyList<MergedHost> Hosts { get; private set; } = [];

    /// <summary>How far the clocks of <see cref="Hosts"/> are apart, as far as their connections tell; complete at the end.</summary>
    public ClockSkews ClockSkews { get; } = new();

    /// <summary>When events were lost, in the order of time: as close as the blocks of the capture tell it. No two have more in common
    /// than an instant.</summary>
    public IReadOnlyList<LossPeriod> Losses => losses;

    /// <summary>When nothing was recorded between its start and its end, in the order of time.</summary>
    public IReadOnlyList<RecordedPeriod> Pauses => pauses;

    /// <summary>How long was recorded, in nanoseconds: pauses do not count.</summary>
    public ulong Length => End - Start - pauses.Aggregate(0ul, (sum, pause) => sum + pause.To - pause.From);

    /// <summary>Whether a part of its captures could not be read, or is told to be missing: nobody knows how many events were
    /// there.</summary>
    public bool IsDamaged { get; internal set; }

    /// <summary>Whether a capture of it ends without its recording having ended properly, within the time that was asked for:
    /// nobody knows what came after.</summary>
    public bool IsTruncated { get; internal set; }

    /// <summary>The filters that acted while it was recorded, such as <c>pid 7</c>; usually none.</summary>
    public IReadOnlyList<string> Filters => filters;

    /// <summary>Of <see cref="Filters"/> those that judged events each by itself, and so may have let through the opening of a connection and not its close.
    /// </summary>
    public IReadOnlyList<string> PartingFilters => partingFilters;

    /// <summary>What of it was kept later, as options such as <c>--port 443</c>; usually all.</summary>
    public IReadOnlyList<string> Selections => selections;

    /// <summary>Whether not all of its connections were wanted: of one within the host only one of the two sockets may be there.</summary>
    public bool IsFiltered { get; init; }

    /// <summary>What was asked for.</summary>
    internal RecordedPeriod Window { get; init; } = new(0, ulong.MaxValue);

    /// <summary>The ledgers of all recordings together.</summary>
    public static LossCounters LossCountersOf(IEnumerable<RecordedSpan> recordings) =>
        recordings.Aggregate(default(LossCounters), (sum, recording) => sum + recording.LossCounters);

    /// <summary>The wall-clock time of a timestamp, in ns since 1970; null if it is not known.</summary>
    public ulong? WallClock(ulong monotonic) => Clocks.WallClock(monotonic) ?? monotonic + (ulong?)WallOffset;

    /// <summary>The host of a connection, by its id; empty if it is not known.</summary>
    internal string HostOf(ulong connection) => Hosts.Count > 0 ? MergedHost.Of(Hosts, connection)?.Host ?? "" : Host;

    /// <summary>Takes what a capture of it says of what it leaves out.</summary>
    internal void Describe(CaptureHeader? header)
    {
        if (header is null)
        {
            return;
        }

        var inputs = header.Inputs.Append(new MergedInput(header.Filters, header.Selection)).ToArray();
        var all = inputs.SelectMany(input => RecorderOptions.FiltersOf(input.Filters)).ToArray();
        filters.AddRange(all.Except(filters).Distinct());
        partingFilters.AddRange(inputs.Where(input => RecorderOptions.PartsEvents(header, input.Filters)).SelectMany(input => RecorderOptions.FiltersOf(input.Filters))
            .Except(partingFilters).Distinct());
        Hosts = Hosts.Count > 0 ? Hosts : header.Hosts;
        selections.AddRange(inputs.SelectMany(input => input.Selection).Except(selections).Distinct());
    }

    /// <summary>The place of a timestamp on the line of time that recordings share, in nanoseconds: by the wall clock, or by
    /// CLOCK_MONOTONIC if that is not known. Neither a ulong nor a long has room for all that a file may tell.</summary>
    internal Int128 TimeOf(ulong monotonic) => (Int128)monotonic + (WallOffset ?? 0);

    /// <summary>What is known of the time from its end to a later one.</summary>
    internal void Extend(ulong to) => End = Math.Max(End, Math.Min(to, Window.To));

    /// <summary>Nothing was recorded from its end to a later time.</summary>
    internal void Pause(ulong to)
    {
        if (to >= Window.To)
        {
            return;
        }

        if (End == Window.From)
        {
            start = Math.Max(start, to);
        }
        else if (to > End)
        {
            pauses.Add(new RecordedPeriod(End, to));
        }

        End = Math.Max(End, to);
    }

    /// <summary>Its first event was earlier than it was said to have begun.</summary>
    internal void BeginEarlier(ulong at)
    {
        Origin = Math.Min(Origin, at);
        start = Math.Min(start, Math.Max(at, Window.From));
    }

    /// <summary>Notes a loss, as far as it is in the window.</summary>
    internal void NoteLoss(in DatedLoss loss)
    {
        var noted = new LossPeriod(Math.Max(loss.From, Start), Math.Min(loss.To, Window.To)) { LossCounters = loss.LossCounters with { Emitted = 0 }, IsDamaged = loss.IsDamaged };
        if (noted.To < noted.From)
        {
            return;
        }

        // Mostly it is the last one: but what several captures say about one time may come in any order.
        var place = losses.Count;
        while (place > 0 && noted.From < losses[place - 1].To)
        {
            place--;
        }

        var behind = place;
        for (; behind < losses.Count && losses[behind].From < noted.To; behind++)
        {
            var other = losses[behind];
            noted = new LossPeriod(Math.Min(noted.From, other.From), Math.Max(noted.To, other.To))
            {
                LossCounters = noted.LossCounters + other.LossCounters,
                IsDamaged = noted.IsDamaged || other.IsDamaged,
            };
        }

        losses.RemoveRange(place, behind - place);
        losses.Insert(place, noted);
    }
}
