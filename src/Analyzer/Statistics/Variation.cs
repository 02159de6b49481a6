namespace TraceCap.Analyzer.Statistics;

/// <summary>
/// How much a sum over intervals of time varies, as they tell it themselves: that of overlapping batch means (Meketon and Schmeiser, "Overlapping Batch
/// Means: Something for Nothing?", Proceedings of the Winter Simulation Conference 1984), around the end to the beginning. What comes in bursts is dependent within an
/// interval, so that its contributions are summed before they are squared, as in the variance robust to clusters of Liang and Zeger ("Longitudinal Data Analysis Using Generalized
/// Linear Models", Biometrika 73, 1986); bursts that reach over an end, and traffic that comes in waves, make neighbours
/// dependent. So the same is told by stretches of each of <see cref="Lengths"/>, and what says the least is believed.
/// </summary>
/// <param name="Variance">Of the sum.</param>
/// <param name="Freedom">The degrees of freedom of <paramref name="Variance"/>, from how much the squares vary (Satterthwaite, "An Approximate Distribution of
/// Estimates of Variance Components", Biometrics Bulletin 2, 1946): as many as there are stretches beside each other and half as many
/// again, and about twice the number of bursts if they are few.</param>
internal readonly record struct Variation(double Variance, double Freedom)
{
    /// <summary>As many intervals at least: of fewer nothing is to be learnt.</summary>
    internal const int LeastIntervals = 16;

    /// <summary>As many neighbours are summed. The longest are a 16th to an 8th of the time of a recording.</summary>
    internal static IReadOnlyList<int> Lengths { get; } = [1, 8];

    /// <summary>That of independent sums together (Welch, "The Generalization of Student's Problem", Biometrika 34, 1947).</summary>
    public static Variation operator +(Variation one, Variation other)
    {
        var sum = one.Variance + other.Variance;
        var freedom = sum > 0 ? sum * sum / ((one.Variance * one.Variance / one.Freedom) + (other.Variance * other.Variance / other.Freedom)) : one.Freedom + other.Freedom;
        return new Variation(sum, freedom);
    }

    /// <summary>That of the sum of what each interval contributes.</summary>
    /// <param name="contributions">In the order of time.</param>
    /// <param name="length">As many neighbours are summed.</param>
    internal static Variation Of(ReadOnlySpan<double> contributions, int length)
    {
        var (sum, stretch) = (0.0, 0.0);
        for (var i = 0; i < contributions.Length; i++)
        {
            sum += contributions[i];
            stretch += i < length - 1 ? contributions[i] : 0;
        }

        var expected = sum * length / contributions.Length;
        var (squares, fourths) = (0.0, 0.0);
        for (int first = 0, last = length - 1; first < contributions.Length; first++, last++)
        {
            stretch += contributions[last < contributions.Length ? last : last - contributions.Length];
            var square = (stretch - expected) * (stretch - expected) / length;
            squares += square;
            fourths += square * square;
            stretch -= contributions[first];
        }

        double count = contributions.Length;
        // Those that overlap are no news: the variance of the sum of squares is two thirds of what it is of stretches beside each other.
        var overlap = Math.Max(1, 2 * length / 3.0);
        var (spread, most) = (overlap * (fourths - (squares * squares / count)), (count / overlap) - 1);
        return new Variation(squares * count / (count - length), spread > 0 ? Math.Min(most, 2 * squares * squares / spread) : most);
    }
}
