using TraceCap.Analyzer.Episodes;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using static TraceCap.Analyzer.Findings.Scene;

namespace TraceCap.Analyzer.Findings;

/// <summary>The rules about who connects to what, and how it treats its connections.</summary>
internal static class ProcessRules
{
    // How far the quarters may be apart for intervals to be called regular: buckets are 9 % wide.
    private const double Regular = 1.5;

    /// <summary>Looks at one process and service.</summary>
    internal static IEnumerable<Finding> Of(Scene scene, WatchedProcess process) =>
        new[] { Reconnects(scene, process), Leak(scene, process), Pool(scene, process) }.OfType<Finding>();

    private static Finding? Pool(Scene scene, WatchedProcess process)
    {
        var rule = FindingRule.Pool;
        if (process.Service.IsHere || process.Begun < rule["opened"])
        {
            return null;
        }

        var rate = process.Begun / Math.Max((process.Times.To - process.Times.From) / 1e9, 1e-3);
        if (rate < rule["rate"] || process.SegmentsSent > rule["segments"] * process.Begun || process.Brief < rule["share"] * process.Begun)
        {
            return null;
        }

        var median = Math.Min(process.Lifetimes.At(0.5) ?? ulong.MaxValue, (ulong)rule["lifetime"]);

        return scene.Found(
            rule,
            Who(process),
            Text($"{process.Key.ProcessText} opened {process.Begun:N0} connections to {process.Key.EndText}, {Rate(rate)} a second, and half of them lived no longer than {DurationText.Of(median)}: {rule.Advice}"),
            (process.Times.From, process.Times.To),
            [FindingRows.Service(process.Key), FindingRows.Process(process.Key)],
            areOpenedThen: false,
            Confidence.Counted(scene.Doubts),
            process.Begun,
            ("opened", process.Begun),
            ("opened_per_second", rate),
            ("median_lifetime_ns", median));
    }

    private static Finding? Leak(Scene scene, WatchedProcess process)
    {
        var rule = FindingRule.Leak;
        var open = process.OpenEarly + process.OpenLate;
        // Where openings and closes may be parted, or only a part of the time was asked for, nobody knows what was closed.
        if (scene.Doubts.PartsConnections || open < rule["open"] || (double)open / process.Begun < rule["share"]
            || scene.Range.To - process.Times.From < rule["time"]
            || (double)process.OpenEarly / open < rule["each"] || (double)process.OpenLate / open < rule["each"])
        {
            return null;
        }

        var (verb, at) = process.Service.IsHere ? ("accepted", "at") : ("opened", "to");
        return scene.Found(
            rule,
            Who(process),
            Text($"{process.Key.ProcessText} {verb} {process.Begun:N0} connections {at} {process.Key.EndText} and never closed {open:N0} of them, {process.OpenEarly:N0} from the first half of the capture and {process.OpenLate:N0} from the second: their number grows; {rule.Advice}"),
            (process.Times.From, process.Times.To),
            [FindingRows.Service(process.Key), FindingRows.Process(process.Key), "ending == open"],
            areOpenedThen: false,
            process.Begun > open
                ? new Confidence(FindingConfidence.Medium, "others of it were closed in the time; what lives longer than the capture looks the same")
                : new Confidence(FindingConfidence.Low, "none of it was closed; what lives longer than the capture looks the same"),
            open,
            ("begun", process.Begun),
            ("open", open),
            ("open_since_first_half", process.OpenEarly),
            ("port", process.Key.Port));
    }

    private static Finding? Reconnects(Scene scene, WatchedProcess process)
    {
        var rule = FindingRule.Reconnect;
        if (process.Attempts < rule["attempts"] || process.Times.To - process.Times.From < rule["time"] || process.Fruitless < rule["share"] * process.Attempts
            || process.Intervals.At(0.5) is not { } median || median > rule["interval"])
        {
            return null;
        }

        var (low, high) = (process.Intervals.At(0.25)!.Value, process.Intervals.At(0.75) ?? median);
        var rhythm = high <= Regular * low ? "regularly" : Text($"irregularly, half of the times within {DurationText.Of(low)} to {DurationText.Of(high)}");
        return scene.Found(
            rule,
            Who(process),
            Text($"{process.Key.ProcessText} connected {process.Attempts:N0} times to {process.Key.EndText}, about every {DurationText.Of(median)} ({rhythm}), and {process.Fruitless:N0} times in vain: {rule.Advice}"),
            (process.Times.From, process.Times.To),
            [FindingRows.Service(process.Key), FindingRows.Process(process.Key)],
            areOpenedThen: false,
            Confidence.Counted(scene.Doubts),
            process.Fruitless,
            ("attempts", process.Attempts),
            ("in_vain", process.Fruitless),
            ("median_interval_ns", median),
            ("interval_p25_ns", low),
            ("interval_p75_ns", high));
    }

    private static string Who(WatchedProcess process) => Grouping.ProcessAndService.Text(process.Key);

    private static string Rate(double perSecond) => perSecond >= 10 ? Text($"{perSecond:N0}") : Text($"{perSecond:N1}");
}
