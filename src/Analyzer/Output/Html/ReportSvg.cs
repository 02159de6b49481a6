using System.Text.RegularExpressions;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>Makes an SVG a part of a page.</summary>
internal static partial class ReportSvg
{
    /// <summary>The SVG with the page's colours, and names that nothing else on the page has.</summary>
    /// <param name="svg">In the colours of <see cref="ColorTheme.Light"/>.</param>
    /// <param name="name">Unlike those of the others; letters only.</param>
    internal static string Embed(string svg, string name) =>
        // Not in its text, which may say anything.
        Tag().Replace(svg[svg.IndexOf("<svg ", StringComparison.Ordinal)..], tag => Paint(tag.Value)
            .Replace("id=\"", $"id=\"{name}-", StringComparison.Ordinal)
            .Replace("url(#", $"url(#{name}-", StringComparison.Ordinal));

    private static string Paint(string tag) => Color().Replace(tag, color =>
        ColorTheme.Light.All.IndexOf(color.Groups[1].Value) is >= 0 and var number ? $"\"var({ReportStyle.Variable(number)})\"" : color.Value);

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("\"(#[0-9A-F]{6})\"")]
    private static partial Regex Color();
}
