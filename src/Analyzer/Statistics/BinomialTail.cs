namespace TraceCap.Analyzer.Statistics;

/// <summary>How unlikely it is that so many of so many are of a kind that is rare.</summary>
internal static class BinomialTail
{
    /// <summary>No less than the chance of <paramref name="found"/> or more of <paramref name="tried"/> independent ones, where each
    /// has a chance of <paramref name="share"/>: exp(-n KL(found/n, share)) (Chernoff 1952; Hoeffding, "Probability inequalities for
    /// sums of bounded random variables", 1963).</summary>
    /// <param name="found">Of them are of the kind.</param>
    /// <param name="tried">As many there are.</param>
    /// <param name="share">Above 0 and below 1.</param>
    public static double Bound(long found, long tried, double share)
    {
        var part = (double)found / tried;
        if (tried == 0 || part <= share)
        {
            return 1;
        }

        var divergence = (part * Math.Log(part / share)) + (part < 1 ? (1 - part) * Math.Log((1 - part) / (1 - share)) : 0);
        return Math.Exp(-tried * divergence);
    }
}
