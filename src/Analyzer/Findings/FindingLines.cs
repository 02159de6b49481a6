namespace TraceCap.Analyzer.Findings;

/// <summary>What there is to say of a finding below its text: the same in text and on a page.</summary>
internal static class FindingLines
{
    /// <summary>The label of the command line.</summary>
    internal const string Rows = "rows";

    /// <summary>The label of its time.</summary>
    internal const string When = "when";

    /// <summary>The lines, each with its label.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="alike">Others of its rule that are not shown.</param>
    /// <param name="command">What shows its rows.</param>
    internal static IEnumerable<(string Label, string Words)> Of(Finding finding, IReadOnlyList<Finding> alike, FindingCommand command)
    {
        if (finding.Time is { } time)
        {
            yield return (When, time.ToString());
        }

        yield return ("confidence", $"{finding.Confidence.ToString().ToLowerInvariant()}, {finding.Basis}");
        if (finding.RowOptions.Length > 0)
        {
            yield return (Rows, command.Of(finding));
        }

        if (alike.Count > 0)
        {
            yield return ("alike", FindingList.TextOf(alike));
        }
    }
}
