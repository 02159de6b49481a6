using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer;

/// <summary>What happened to connections in one interval. A connection within the host counts at both its sockets.</summary>
public sealed record TrafficInterval
{
    /// <summary>When it begins; null if the captures do not tell wall-clock times.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>When it begins, from the beginning of the first recording on.</summary>
    public required TimeSpan Offset { get; init; }

    /// <summary>Established by the host.</summary>
    public required long Opened { get; init; }

    /// <summary>Accepted by the host.</summary>
    public required long Accepted { get; init; }

    /// <summary>Closed by the host, resets included.</summary>
    public required long Closed { get; init; }

    /// <summary>Tried by the host, and not established.</summary>
    public required long Failed { get; init; }

    /// <summary>Open at the end of the interval.</summary>
    public required long Active { get; init; }

    /// <summary>Whether events were lost in it, so that all its numbers may be too low, and those of <see cref="Active"/> from here
    /// on wrong.</summary>
    public bool IsLossy { get; init; }

    /// <summary>At most so many events were lost in it; null if nobody counted them.</summary>
    public ulong? LostAtMost { get; init; } = 0;

    /// <summary>Whether a part of it was not recorded, with the same consequences.</summary>
    public bool IsPaused { get; init; }

    /// <summary>All figures.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Offset}: {Opened} opened, {Accepted} accepted, {Closed} closed, {Failed} failed, {Active} active{(IsLossy ? ", events lost" : "")}{(IsPaused ? ", not all recorded" : "")}");

    internal static IReadOnlyList<TrafficInterval> Of(ConnectionChurn churn) =>
    [
        .. churn.Intervals().Select(interval =>
        {
            var begin = churn.Origin!.Value + ((Int128)interval.Number * churn.Every);
            return new TrafficInterval
            {
                Start = churn.Recordings[0].WallOffset is not null && begin >= 0 && begin <= ulong.MaxValue ? Records.Time((ulong)begin) : null,
                Offset = TimeSpan.FromTicks((long)((Int128)interval.Number * churn.Every / 100)),
                Opened = interval.Opened,
                Accepted = interval.Accepted,
                Closed = interval.Closed,
                Failed = interval.Failed,
                Active = interval.Active,
                IsLossy = interval.IsLossy,
                LostAtMost = interval.LostAtMost,
                IsPaused = interval.IsPaused,
            };
        }),
    ];
}
