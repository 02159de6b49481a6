using System.Globalization;
using TraceCap.Analyzer.Episodes;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Findings;

/// <summary>Applies all rules, and decides what is shown first.</summary>
internal static class FindingList
{
    /// <summary>As many are shown to people; programs get all.</summary>
    internal const int Shown = 12;

    // So many of one rule are shown one by one.
    private const int Alike = 3;

    /// <summary>All findings: by rule, and of one rule those first that are about most connections.</summary>
    internal static IReadOnlyList<Finding> Of(TrafficWatch watch, CaptureFigures figures)
    {
        var scene = new Scene(watch, figures);
        var ranks = FindingRule.All.Select((rule, rank) => (rule.Name, rank)).ToDictionary(one => one.Name, one => one.rank);
        return
        [
            .. HostRules.Of(scene)
                .Concat(watch.Services.SelectMany(service => ServiceRules.Of(scene, service)))
                .Concat(watch.Processes.SelectMany(process => ProcessRules.Of(scene, process)))
                .Concat(OneOfMany.Of(scene))
                .OrderBy(finding => ranks[finding.Rule]).ThenByDescending(finding => finding.Affected)
                .ThenBy(finding => finding.Time?.From).ThenBy(finding => finding.Subject, StringComparer.Ordinal),
        ];
    }

    /// <summary>What is shown of findings: at most <see cref="Shown"/>, so that none drowns in others of its rule.</summary>
    /// <param name="all">In their order.</param>
    /// <returns>Those to show, each with how many others of its rule it stands for, and how many are not shown at all.</returns>
    internal static (IReadOnlyList<(Finding Finding, IReadOnlyList<Finding> Alike)> Shown, int Left) ForPeople(IReadOnlyList<Finding> all)
    {
        var shown = new List<(Finding Finding, IReadOnlyList<Finding> Alike)>();
        foreach (var rule in all.GroupBy(finding => finding.Rule))
        {
            var own = rule.ToList();
            var alone = own.Count > Alike ? 1 : own.Count;
            shown.AddRange(own.Take(alone).Select(finding => (finding, (IReadOnlyList<Finding>)[.. own.Count > Alike ? own.Skip(1) : []])));
        }

        return (shown.Count > Shown ? shown[..Shown] : shown, shown.Skip(Shown).Sum(one => 1 + one.Alike.Count));
    }

    /// <summary>Says of whom else a rule speaks.</summary>
    internal static string TextOf(IReadOnlyList<Finding> alike) => string.Create(
        CultureInfo.InvariantCulture, $"and so {alike.Count:N0} more: {Scene.List([.. alike.Select(finding => finding.Subject).Distinct()])}; --json has all");
}
