namespace TraceCap.Analyzer.Findings;

/// <summary>The command line that shows the rows of a finding.</summary>
/// <param name="files">The captures that were read, each quoted for a shell.</param>
/// <param name="filters">The options that chose connections of them, but for <c>--from</c> and <c>--to</c>; none if empty.</param>
/// <param name="times">These two; a finding has others, within them.</param>
internal sealed class FindingCommand(string files, string filters = "", string times = "")
{
    /// <summary>Where it is not known what the files are called.</summary>
    internal static FindingCommand OfAnyFile { get; } = new("FILE");

    /// <summary>The command line that shows the rows of all connections that were asked for.</summary>
    internal string Start => string.Join(' ', new[] { "tracecap lifetimes", files, filters, times }.Where(part => part.Length > 0));

    /// <summary>The command line.</summary>
    internal string Of(Finding finding) => string.Join(
        ' ', new[] { "tracecap lifetimes", files, filters, finding.Rows is { HasTime: true } ? "" : times, finding.RowOptions }.Where(part => part.Length > 0));
}
