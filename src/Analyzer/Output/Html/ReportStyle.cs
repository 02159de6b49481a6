using System.Globalization;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>The style sheet of pages, and what they allow: this sheet and one script, known by their hashes, and nothing else:
/// neither another script, whatever a name in the capture says, nor any request.</summary>
internal static class ReportStyle
{
    /// <summary>How pages look, in light and in dark.</summary>
    internal static string Sheet { get; } = $$"""
        :root { color-scheme: light; {{Variables(ColorTheme.Light)}} }
        @media screen {
        :root[data-theme="dark"] { color-scheme: dark; {{Variables(ColorTheme.Dark)}} }
        }
        @media screen and (prefers-color-scheme: dark) {
        :root:not([data-theme="light"]) { color-scheme: dark; {{Variables(ColorTheme.Dark)}} }
        }
        {{PageResource.Read("uPlot.css")}}
        {{PageResource.Read("report.css")}}
        """.ReplaceLineEndings("\n");

    /// <summary>The content security policy of a page with a script.</summary>
    internal static string PolicyOf(PageScript script) =>
        $"default-src 'none'; img-src data:; style-src {PageResource.HashOf(Sheet)}; script-src {script.Hash}; base-uri 'none'; form-action 'none'";

    /// <summary>The variable of a colour of the themes.</summary>
    internal static string Variable(int number) => string.Create(CultureInfo.InvariantCulture, $"--c{number}");

    private static string Variables(ColorTheme theme) =>
        string.Join(' ', theme.All.Select((color, number) => $"{Variable(number)}: {color};")
            .Concat(theme.Series.Select((color, number) => string.Create(CultureInfo.InvariantCulture, $"--series{number}: {color};")))
            .Concat(Ending.All.Select(ending => $"--{ending.Word}: {theme.Of(ending.Value)};")).Append($"--other: {theme.Other};"));
}
