namespace TraceCap.Analyzer.Statistics;

/// <summary>The distributions that tests need. Functions of Press, Teukolsky, Vetterling and Flannery, "Numerical Recipes", 3rd ed., 6.1,
/// 6.2 and 6.4, but for the number of steps, which grows with the counts.</summary>
internal static class Probability
{
    private const double Tiny = 1e-300;

    private static readonly double[] lanczos =
    [
        57.1562356658629235, -59.5979603554754912, 14.1360979747417471, -0.491913816097620199, .339946499848118887e-4, .465236289270485756e-4,
        -.983744753048795646e-4, .158088703224912494e-3, -.210264441724104883e-3, .217439618115212643e-3, -.164318106536763890e-3,
        .844182239838527433e-4, -.261908384015814087e-4, .368991826595316234e-5,
    ];

    /// <summary>How likely <c>count</c> of so many or more fall where each falls with some probability; for counts that need not be whole
    /// (the incomplete beta function).</summary>
    /// <param name="count">Above which.</param>
    /// <param name="rest">How many fall elsewhere.</param>
    /// <param name="probability">0 to 1.</param>
    internal static double AtLeast(double count, double rest, double probability) =>
        count <= 0 ? 1 : IncompleteBeta(count, rest + 1, probability);

    /// <summary>How likely a normal variable is farther from its mean than so many standard deviations, on either side.</summary>
    internal static double BeyondNormal(double deviations) => deviations <= 0 ? 1 : UpperGamma(deviations * deviations / 2);

    /// <summary>The deviations of <see cref="BeyondNormal"/>.</summary>
    internal static double NormalDeviations(double chance) => Root(BeyondNormal, chance);

    /// <summary>How likely a variable of Student's distribution is farther from 0, on either side.</summary>
    /// <param name="deviations">0 or more.</param>
    /// <param name="freedom">Degrees of freedom, above 0; may be broken.</param>
    internal static double BeyondStudent(double deviations, double freedom) => double.IsInfinity(deviations) ? 0
        : IncompleteBeta(freedom / 2, 0.5, freedom / (freedom + (deviations * deviations)));

    /// <summary>The deviations of <see cref="BeyondStudent"/>.</summary>
    internal static double StudentDeviations(double chance, double freedom) => Root(deviations => BeyondStudent(deviations, freedom), chance);

    /// <summary>How likely a Brownian motion leaves the band from <c>-bound</c> to <c>bound</c> before time 1 (Billingsley,
    /// "Convergence of Probability Measures").</summary>
    internal static double BeyondBrownian(double bound)
    {
        if (bound <= 0)
        {
            return 1;
        }

        // Far out, four tails of the normal distribution; there the series would cancel out.
        if (bound > 4)
        {
            return 2 * BeyondNormal(bound);
        }

        var within = 0.0;
        for (var odd = 1; ; odd += 2)
        {
            var term = Math.Exp(-Math.Pow(Math.PI * odd / bound, 2) / 8) / odd;
            if (term < 1e-18)
            {
                return Math.Clamp(1 - (4 / Math.PI * within), 0, 1);
            }

            within += odd % 4 == 1 ? term : -term;
        }
    }

    /// <summary>The logarithm of the gamma function.</summary>
    internal static double LogGamma(double x)
    {
        var tmp = x + 5.24218750000000000;
        tmp = ((x + 0.5) * Math.Log(tmp)) - tmp;
        var (sum, y) = (0.999999999999997092, x);
        foreach (var factor in lanczos)
        {
            sum += factor / ++y;
        }

        return tmp + Math.Log(2.5066282746310005 * sum / x);
    }

    /// <summary>Where a function that falls from 1 at 0 has a value.</summary>
    internal static double Root(Func<double, double> function, double value)
    {
        if (value >= 1)
        {
            return 0;
        }

        var (low, high) = (0.0, 1.0);
        while (function(high) > value)
        {
            (low, high) = (high, high * 2);
            if (high > 1e18)
            {
                return double.PositiveInfinity;
            }
        }

        for (var step = 0; step < 60 && high - low > 1e-9 * high; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = function(middle) > value ? (middle, high) : (low, middle);
        }

        return high;
    }

    private static double IncompleteBeta(double a, double b, double x)
    {
        if (x <= 0 || x >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x)));
        return x < (a + 1) / (a + b + 2) ? front * BetaFraction(a, b, x) / a : 1 - (front * BetaFraction(b, a, 1 - x) / b);
    }

    /// <summary>A continued fraction by Lentz's method.</summary>
    private static double BetaFraction(double a, double b, double x)
    {
        var (c, d) = (1.0, 1 / AwayFromZero(1 - ((a + b) * x / (a + 1))));
        var h = d;
        var most = 200 + (10 * Math.Sqrt(Math.Max(a, b)));
        for (var m = 1; m <= most; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / AwayFromZero(1 + (even * d));
            c = AwayFromZero(1 + (even / c));
            h *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / AwayFromZero(1 + (odd * d));
            c = AwayFromZero(1 + (odd / c));
            h *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-14)
            {
                break;
            }
        }

        return h;
    }

    /// <summary>The upper incomplete gamma function of 1/2, as a part of the whole: 1 minus the error function of the root.</summary>
    private static double UpperGamma(double x)
    {
        const double a = 0.5;
        var front = Math.Exp(-x + (a * Math.Log(x)) - LogGamma(a));
        if (x < a + 1)
        {
            var (sum, term) = (1 / a, 1 / a);
            for (var n = a + 1; term > sum * 1e-16; n++)
            {
                term *= x / n;
                sum += term;
            }

            return 1 - (sum * front);
        }

        var b = x + 1 - a;
        var (c, d) = (1 / Tiny, 1 / b);
        var h = d;
        for (var i = 1; i < 500; i++)
        {
            var an = -i * (i - a);
            b += 2;
            d = 1 / AwayFromZero((an * d) + b);
            c = AwayFromZero(b + (an / c));
            h *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-15)
            {
                break;
            }
        }

        return front * h;
    }

    private static double AwayFromZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
