using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>The groups of two captures: which are new, which have vanished, which fail more often or less often. Each is tested by its
/// own intervals, as a group that comes in one burst is one thing that happened.</summary>
internal sealed class GroupComparison
{
    private readonly ComparedCapture before;
    private readonly ComparedCapture after;
    private readonly IReadOnlyList<List<Difference>> found;

    /// <param name="before">The first.</param>
    /// <param name="after">The second.</param>
    /// <param name="sure">The p-value of the smallest difference that is possible.</param>
    internal GroupComparison(ComparedCapture before, ComparedCapture after, Func<TestOutcome, double> sure)
    {
        (this.before, this.after) = (before, after);
        found = [.. before.Groups.Zip(after.Groups, Differences)];
        var tests = before.Groups.Zip(after.Groups, Tests).Sum();
        Difference[] tested = [.. found.SelectMany(differences => differences).Where(difference => difference.Result is not null)];
        var chances = Holm.Adjust([.. tested.Select(difference => difference.Result!.Chance)], tests);
        var surely = Holm.Adjust([.. tested.Select(difference => sure(difference.Result!))], tests);
        for (var i = 0; i < tested.Length; i++)
        {
            (tested[i].Adjusted, tested[i].Surely) = (chances[i], surely[i]);
        }
    }

    /// <summary>All kinds.</summary>
    internal IReadOnlyList<GroupChanges> All => [.. found.Select((differences, i) => Of(before.Groups[i], after.Groups[i], differences))];

    private static GroupChanges Of(ComparedGroups before, ComparedGroups after, List<Difference> differences)
    {
        return new GroupChanges(Those(Kind.New), Those(Kind.Vanished), Those(Kind.Failures), before.Forgotten + after.Forgotten == 0) { By = before.By };

        GroupChange[] Those(Kind kind) =>
        [
            .. differences.Where(difference => difference.Kind == kind).Select(difference => difference.ToChange(before.By))
                .OrderBy(change => change.Chance ?? 1).ThenByDescending(change => Math.Abs(change.After - change.Before)).ThenBy(change => change.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>As many questions are asked: of each group whether it comes or goes, and whether it fails.</summary>
    private static int Tests(ComparedGroups before, ComparedGroups after) =>
        (before.By.IsOfFailures ? 0 : before.ByKey.Keys.Union(after.ByKey.Keys).Count()) + Failing(before).Union(Failing(after)).Count();

    private static IEnumerable<GroupKey> Failing(ComparedGroups groups) => groups.ByKey.Where(group => group.Value.Failed > 0).Select(group => group.Key);

    private List<Difference> Differences(ComparedGroups one, ComparedGroups other)
    {
        var differences = new List<Difference>();
        foreach (var key in one.ByKey.Keys.Union(other.ByKey.Keys))
        {
            var (first, second) = (one.ByKey.GetValueOrDefault(key), other.ByKey.GetValueOrDefault(key));
            if (first is null || second is null)
            {
                var result = one.By.IsOfFailures ? null : RateTest.Compare(
                    Count(before, one, first, first?.All(before.Clock), Evidence.AnyEvent), Count(after, other, second, second?.All(after.Clock), Evidence.AnyEvent));
                differences.Add(new Difference(first is null ? Kind.New : Kind.Vanished, key, first?.Count ?? 0, second?.Count ?? 0, result));
            }

            var (failed, stillFailed) = (first?.Failed ?? 0, second?.Failed ?? 0);
            if (failed != stillFailed)
            {
                differences.Add(new Difference(Kind.Failures, key, failed, stillFailed, RateTest.Compare(
                    Count(before, one, first, first?.Failures(before.Clock), Evidence.Openings), Count(after, other, second, second?.Failures(after.Clock), Evidence.Openings))));
            }
        }

        return differences;
    }

    /// <summary>A count, and where it lies with what is missing or was forgotten.</summary>
    private static Counted Count(ComparedCapture of, ComparedGroups groups, ComparedGroups.Group? group, Tally? tally, Evidence evidence)
    {
        var seconds = of.Clock.Intervals.Select(interval => interval.Seconds);
        tally ??= new Tally(new double[of.Clock.Intervals.Count], [.. seconds], 1);
        var possible = EvidenceBounds.Around(of.Figures, evidence, tally.Count);
        return new Counted(tally, (possible.Low, tally.Exposure), (possible.High + (group?.Forgotten ?? groups.Forgotten), tally.Exposure));
    }

    private enum Kind
    {
        New,
        Vanished,
        Failures,
    }

    private sealed record Difference(Kind Kind, GroupKey Key, long Before, long After, TestOutcome? Result)
    {
        internal double Adjusted { get; set; } = 1;

        internal double Surely { get; set; } = 1;

        internal GroupChange ToChange(Grouping by) => new(
            by.Text(Key), Before, After, Result is null ? ChangeVerdict.Untested : ChangeVerdicts.Of(Adjusted, Surely))
        {
            Chance = Result?.Chance,
            AdjustedChance = Result is null ? null : Adjusted,
            Effect = Result?.Effect,
        };
    }
}
