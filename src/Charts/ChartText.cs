using System.Globalization;

namespace TraceCap.Charts;

/// <summary>What a chart says in words, to those who see it and those who do not.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Subtitle">Of how many connections, and the figures that matter most.</param>
internal sealed record ChartText(string Title, string Subtitle)
{
    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
