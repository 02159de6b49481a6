namespace TraceCap.Analyzer.Statistics;

/// <summary>
/// P-values of tests that are made together (Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6,
/// 1979): adjusted so that one of them is below a limit by chance no more often than a single one would be, whatever
/// they have to do with each other. Each row of a table is acted on by itself, so one false one is one too many: what Benjamini and Hochberg
/// hold is the share of false ones among those that are called, and for tests that depend on each other not even that. Of captures
/// that do not differ both are the same.
/// </summary>
internal static class Holm
{
    /// <summary>Adjusts.</summary>
    /// <param name="chances">P-values, in any order.</param>
    /// <param name="tests">How many tests there were; those that have no p-value here count as not below these.</param>
    /// <returns>In the same order.</returns>
    internal static double[] Adjust(IReadOnlyList<double> chances, int tests)
    {
        var adjusted = new double[chances.Count];
        var (most, left) = (0.0, Math.Max(tests, chances.Count));
        foreach (var i in Enumerable.Range(0, chances.Count).OrderBy(i => chances[i]))
        {
            most = Math.Max(most, Math.Min(1, chances[i] * left--));
            adjusted[i] = most;
        }

        return adjusted;
    }
}
