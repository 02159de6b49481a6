using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Episodes;

/// <summary>Places on the <see cref="TimeLine"/> as a long, and quickly: those of one recording after another.</summary>
internal sealed class Places
{
    // So far from 0 at most that sums and differences fit a long.
    private const long Far = 1L << 60;

    private readonly TimeLine line = new();
    private RecordedSpan? recording;
    private long shift;
    private bool isNear;

    /// <summary>The recording that times are of from now on.</summary>
    internal void Enter(RecordedSpan recording)
    {
        if (recording != this.recording)
        {
            this.recording = recording;
            var first = line.At(0, recording);
            isNear = first > -Far && first < Far;
            shift = isNear ? (long)first : 0;
        }
    }

    /// <summary>The place of a timestamp in nanoseconds; the nearest there is of what is beyond 36 years.</summary>
    internal long Of(ulong monotonic) => isNear && monotonic < Far ? (long)monotonic + shift : Clamp(line.At(monotonic, recording!));

    /// <summary>The timestamp at a place.</summary>
    /// <param name="place">In nanoseconds.</param>
    /// <param name="recordings">All of them.</param>
    /// <returns>The recording that it is in, and the timestamp in it; null if it is in none.</returns>
    internal (RecordedSpan Recording, ulong Monotonic)? At(long place, IReadOnlyList<RecordedSpan> recordings)
    {
        foreach (var one in recordings)
        {
            var monotonic = place - line.At(0, one);
            if (monotonic >= one.Start && monotonic <= one.End)
            {
                return (one, (ulong)monotonic);
            }
        }

        return null;
    }

    /// <summary>From the beginning of the first recording to the end of the last.</summary>
    internal (long From, long To) Range(IReadOnlyList<RecordedSpan> recordings)
    {
        var (from, to) = line.Range(recordings);
        return (Clamp(from), Clamp(to));
    }

    private static long Clamp(Int128 place) => (long)Int128.Clamp(place, -Far, Far);
}
