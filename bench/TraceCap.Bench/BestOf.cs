using System.Diagnostics;

namespace TraceCap.Bench;

/// <summary>Times of several ways to do the same, which take turns: of each the best of several rounds, so that what else the
/// machine does in between does not count.</summary>
internal static class BestOf
{
    private const int Rounds = 8;

    /// <summary>Runs each once to warm up, then in turns.</summary>
    /// <returns>The best time of each.</returns>
    public static TimeSpan[] Turns(params Action[] ways)
    {
        var best = Enumerable.Repeat(TimeSpan.MaxValue, ways.Length).ToArray();
        Array.ForEach(ways, way => way());
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < ways.Length; i++)
            {
                var begin = Stopwatch.GetTimestamp();
                ways[i]();
                var elapsed = Stopwatch.GetElapsedTime(begin);
                best[i] = elapsed < best[i] ? elapsed : best[i];
            }
        }

        return best;
    }
}
