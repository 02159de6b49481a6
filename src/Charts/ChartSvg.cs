using System.Net;

namespace TraceCap.Charts;

/// <summary>What an SVG lacks as it is drawn.</summary>
internal static class ChartSvg
{
    /// <summary>Where it is not installed, Verdana takes its place: it has the same widths.</summary>
    private const string Families = ChartFonts.Family + ", Verdana, Geneva, sans-serif";

    /// <summary>Gives it a title for those who do not see it, fonts for machines that have not the one it was drawn with, and
    /// leave to be scaled.</summary>
    internal static string Finish(string svg, ChartSize size, ChartText text)
    {
        var start = svg.IndexOf("<svg ", StringComparison.Ordinal);
        var end = svg.IndexOf('>', start) + 1;
        var words = WebUtility.HtmlEncode($"{text.Title}. {text.Subtitle}.");
        return ChartText.Invariant($"""
            {svg[..(end - 1)]} viewBox="0 0 {size.Width} {size.Height}" role="img">
            	<title>{words}</title>{svg[end..]}
            """)
            .Replace($"font-family=\"{ChartFonts.Family}\"", $"font-family=\"{Families}\"", StringComparison.Ordinal)
            // Every colour as its theme has it.
            .Replace("\"white\"", "\"#FFFFFF\"", StringComparison.Ordinal);
    }
}
