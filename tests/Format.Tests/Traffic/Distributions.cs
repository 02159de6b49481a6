namespace TraceCap.Format.Tests.Traffic;

/// <summary>The distributions that waiting times and sizes on a host follow.</summary>
internal static class Distributions
{
    /// <summary>The waiting time of a Poisson process.</summary>
    public static double Exponential(this Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    /// <summary>Sizes and lifetimes: half of the values below the median, a long tail above.</summary>
    public static double LogNormal(this Random random, double median, double sigma)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return median * Math.Exp(sigma * normal);
    }

    public static T Pick<T>(this Random random, T[] items) => items[random.Next(items.Length)];

    /// <summary>Few items often, most items seldom, as visitors of a site come back.</summary>
    public static T PickSkewed<T>(this Random random, T[] items) =>
        items[(int)(items.Length * Math.Pow(random.NextDouble(), 3))];
}
