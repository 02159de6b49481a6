using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Tests.Figures;

public class ActivityTests
{
    private static readonly Gen<Connection[]> connections = Gen.Select(
            Gen.ULong[0, 1_000_000_000], Gen.ULong[0, 1_000_000_000], Gen.Enum<ConnectionEnding>(), Gen.Enum<ConnectionRole>(),
            (opened, length, ending, role) => new Connection
            {
                Opened = opened,
                Ended = ending == ConnectionEnding.Open ? 2_000_000_000 : opened + length,
                Ending = ending,
                Role = role,
                HasCloser = ending is ConnectionEnding.Closed or ConnectionEnding.Reset,
            }).Array[1, 6000];

    [Fact]
    public void It_counts_as_churn_does_however_many_there_are() => connections.Sample(
        all =>
        {
            var recording = new RecordedSpan { Start = 0, End = 2_000_000_000 };
            var (time, activity) = (new TimeLine(), new Activity());
            // Half of them by way of another one, which may have grown coarser.
            var (half, churn) = (new Activity(), new ConnectionChurn(50_000_000));
            churn.Take(all, recording);
            churn.End([recording]);
            for (var i = 0; i < all.Length; i++)
            {
                (i % 2 == 0 ? activity : half).Add(in all[i], recording, time);
            }

            activity.Add(half);
            var grid = new TimeGrid(time.Range([recording]), activity.Length, 41);

            Assert.Equal(50_000_000, grid.Length);
            Assert.Equal(
                churn.Intervals().Select(of => new ActivityInterval(of.Opened, of.Accepted, of.Closed, of.Failed, of.Active)),
                activity.Intervals(grid, time));
        },
        iter: 200);

    [Theory]
    [InlineData(0, 250, 10_000, 250, 10_000, 1)]
    [InlineData(0, 2_500_000, 10_000, 250, 20_000, 126)]
    [InlineData(-5, 1_000_000_000, 10_000, 250, 5_000_000, 202)]
    public void A_grid_has_round_intervals(long from, long to, long least, int most, long length, int count)
    {
        var grid = new TimeGrid((from, to), least, most);

        Assert.Equal((length, count), (grid.Length, grid.Count));
        Assert.Equal((0, count - 1), (grid.NumberOf(from), grid.NumberOf(to)));
    }
}
