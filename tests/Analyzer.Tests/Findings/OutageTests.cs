using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Tests.Connections;
using static TraceCap.Analyzer.Tests.Findings.Traffic;

namespace TraceCap.Analyzer.Tests.Findings;

/// <summary>An outage is told as what it is: when, of whom, how many, and how it ended.</summary>
public sealed class OutageTests
{
    private static readonly RecordedSpan recording = new() { Start = 0, End = 400 * S, WallOffset = 1_800_000_000 * (long)S, Clocks = TraceCap.Format.Metadata.ClockTable.None };

    [Fact]
    public void An_outage_of_30_seconds_in_400_comes_first()
    {
        // 1,000 services in short connections, a pool each; one of them is away for 30 s.
        Connection[] all =
        [
            .. Enumerable.Range(0, 120).SelectMany(service => Many(400, i => Done((ulong)i * S, peer: $"10.0.{1 + (service / 100)}.{service % 100}"))),
            .. Many(9_300, i => Outage((ulong)i * 43 * Ms)),
        ];
        var found = Find(recording, all);

        var first = found[0];
        Assert.Equal(("outage", FindingSeverity.Critical, FindingConfidence.High, "10.0.0.2:5432"), (first.Rule, first.Severity, first.Confidence, first.Subject));
        Assert.Equal("698 of 698 connects of app from 10.0.0.1 to 10.0.0.2:5432 failed within 30.0 s (ECONNREFUSED), of 8,602 at other times 0 did; it answered again 43.0 ms after the last of them", first.Text);
        Assert.Equal((TimeSpan.FromMilliseconds(100_018), TimeSpan.FromMilliseconds(129_989)), (first.FromOffset, first.ToOffset));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_100_018), first.From);
        Assert.Equal("--from 100.018000000 --to 129.989000001 --where 'service == 10.0.0.2:5432 and ending == failed'", first.RowOptions);
        Assert.DoesNotContain(found, finding => finding.Rule == "refused");

        // What is shown has it first, and the pools as one.
        var (shown, left) = FindingList.ForPeople(found);
        Assert.Equal(["outage", "pool"], shown.Select(one => one.Finding.Rule));
        Assert.Equal((120, 0), (shown[1].Alike.Count, left));

        static Connection Outage(ulong at) => at is >= 100 * S and < 130 * S ? Refused(at) : Done(at);
    }

    [Fact]
    public void An_outage_that_lasts_to_the_end_says_so() => Assert.Contains(
        "nothing that was tried after that succeeded before the recording ended", Find(Many(100, i => i < 60 ? Done((ulong)i * S) : Refused((ulong)i * S)))[0].Text, StringComparison.Ordinal);

    [Fact]
    public void What_had_been_opened_before_an_outage_and_lives_on_is_not_in_it()
    {
        var found = Find([.. Many(40, i => Ends.Client("app", "10.0.0.2", 5432, (ulong)i * 500 * Ms, 60 * S)), .. Many(20, i => Refused((30 + (ulong)i) * S)), Done(55 * S)]);
        Assert.StartsWith("20 of 20 connects of app from 10.0.0.1 to 10.0.0.2:5432 failed within 19.0 s (ECONNREFUSED), of 41 at other times 0 did; it answered again 6.00 s after", found[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_outages_are_two()
    {
        var found = Find(Many(900, i => i / 100 is 2 or 6 ? Refused((ulong)i * 100 * Ms) : Done((ulong)i * 100 * Ms)));
        Assert.Equal(
            [("outage", 20.0, 29.9), ("outage", 60.0, 69.9)],
            found.Where(finding => finding.Rule == "outage").Select(finding => (finding.Rule, finding.FromOffset!.Value.TotalSeconds, finding.ToOffset!.Value.TotalSeconds)));
    }

    [Fact]
    public void Half_of_the_backends_being_away_is_an_outage_as_well()
    {
        var found = Find(Many(900, i => i / 100 == 4 && i % 2 == 0 ? Refused((ulong)i * 100 * Ms) : Done((ulong)i * 100 * Ms)));
        Assert.StartsWith("50 of 99 connects of app", found[0].Text, StringComparison.Ordinal);
        Assert.Equal("outage", found[0].Rule);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Failures_that_are_scattered_are_no_outage(int seed)
    {
        var random = new Random(seed);
        Assert.DoesNotContain(Find(Many(5_000, i => random.NextDouble() < 0.3 ? Refused((ulong)i * 20 * Ms) : Done((ulong)i * 20 * Ms))), finding => finding.Rule is "outage" or "refused");
    }

    [Fact]
    public void Who_is_affected_is_named_and_who_is_not_is_not()
    {
        var found = Find([.. Many(50, i => i is >= 20 and < 40 ? Refused((ulong)i * S, "shop") : Done((ulong)i * S, "shop")), .. Many(10, i => Done((50 + (ulong)i) * S, "cron"))]);
        Assert.Contains("connects of shop from 10.0.0.1 to", found[0].Text, StringComparison.Ordinal);
    }
}
