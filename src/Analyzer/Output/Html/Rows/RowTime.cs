using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Output.Html.Rows;

/// <summary>The time of a page: nanoseconds since the first recording began, by the wall clock if that is known of all.</summary>
internal sealed class RowTime
{
    private readonly TimeLine time = new();
    private readonly bool isWall;
    private readonly Int128 origin;

    /// <param name="recordings">What the page is of.</param>
    internal RowTime(IReadOnlyList<RecordedSpan> recordings)
    {
        if (recordings.Count == 0)
        {
            return;
        }

        isWall = recordings.All(recording => recording.WallOffset is not null);
        origin = recordings.Min(recording => InstantOf(recording.Start, ConnectionContext.Of(recording)));
        Length = recordings.Max(recording => At(recording.End, ConnectionContext.Of(recording)));
        Losses = Places(time.Losses(recordings));
        Pauses = Places(time.Pauses(recordings));
    }

    /// <summary>When it begins, in nanoseconds since 1970; null if that is not known.</summary>
    internal ulong? Wall => isWall && origin >= 0 && origin <= ulong.MaxValue ? (ulong)origin : null;

    /// <summary>Up to the end of the last recording.</summary>
    internal ulong Length { get; }

    /// <summary>When events were lost.</summary>
    internal IReadOnlyList<(ulong From, ulong To)> Losses { get; } = [];

    /// <summary>When nothing was recorded.</summary>
    internal IReadOnlyList<(ulong From, ulong To)> Pauses { get; } = [];

    /// <summary>The place of a timestamp.</summary>
    internal ulong At(ulong monotonic, ConnectionContext context) => Clamp(InstantOf(monotonic, context) - origin);

    // The same as opened.time in JSON, which follows the steps of the clock.
    private Int128 InstantOf(ulong monotonic, ConnectionContext context) =>
        isWall ? (Int128)monotonic + context.WallOffset(monotonic)!.Value : time.At(monotonic, context.Recording) + time.Origin!.Value;

    private (ulong From, ulong To)[] Places(IReadOnlyList<(Int128 From, Int128 To)> places)
    {
        var shift = time.Origin!.Value - origin;
        return [.. places.Select(place => (Clamp(place.From + shift), Clamp(place.To + shift)))];
    }

    private static ulong Clamp(Int128 place) => place < 0 ? 0 : place > PackedColumn.Most ? PackedColumn.Most : (ulong)place;
}
