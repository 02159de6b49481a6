using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Tests.Comparison;

public sealed class ProbabilityTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0.317310507862914)]
    [InlineData(5, 5.73303143753839e-7)]
    [InlineData(12, 3.55296422415536e-33)]
    [InlineData(60, 0)]
    public void The_normal_distribution_is_that_of_mpmath(double deviations, double chance)
    {
        Close(chance, Probability.BeyondNormal(deviations));
        Assert.True(chance is 0 or 1 || Math.Abs(Probability.NormalDeviations(chance) - deviations) < 1e-6);
    }

    [Theory]
    [InlineData(10, 3.16927267261695)]
    [InlineData(2.5, 7.16372813894879)]
    [InlineData(1e6, 2.575834)]
    public void Students_distribution_is_that_of_mpmath(double freedom, double deviations)
    {
        Close(0.01, Probability.BeyondStudent(deviations, freedom), 1e-5);
        Assert.Equal(deviations, Probability.StudentDeviations(0.01, freedom), 1e-5);
    }

    [Theory]
    [InlineData(1.960, 0.10)]
    [InlineData(2.2414, 0.05)]
    [InlineData(2.807, 0.01)]
    [InlineData(0.1, 1)]
    [InlineData(0, 1)]
    [InlineData(40, 0)]
    public void A_Brownian_motion_leaves_as_the_tables_say(double bound, double chance) =>
        Assert.Equal(chance, Probability.BeyondBrownian(bound), 0.0003);

    [Fact]
    public void Far_out_both_formulas_are_the_same() =>
        Close(Probability.BeyondBrownian(3.999999), Probability.BeyondBrownian(4.000001), 1e-4);

    private static void Close(double expected, double actual, double part = 1e-9) =>
        Assert.InRange(actual, expected * (1 - part), (expected * (1 + part)) + double.Epsilon);
}
