using System.Text;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>What every page begins and ends with.</summary>
internal static class ReportFrame
{
    /// <summary>Begins a page, up to the beginning of what it is about.</summary>
    /// <param name="page">Where it is written.</param>
    /// <param name="script">What it runs.</param>
    /// <param name="title">Of the page.</param>
    /// <param name="period">What it is about, in a line.</param>
    /// <param name="selection">Which connections were asked for, in the words of the command line; empty for all.</param>
    internal static void Begin(StringBuilder page, PageScript script, string title, string period, string selection) => page.Append($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{ReportStyle.PolicyOf(script)}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <link rel="icon" href="data:,">
        <title>{ReportTable.Escape(title)}</title>
        <style>{ReportStyle.Sheet}</style>
        </head>
        <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
        <h1>{ReportTable.Escape(title)}</h1>
        <p>{ReportTable.Escape(period)}{(selection.Length == 0 ? "" : $"; only <code>{ReportTable.Escape(selection)}</code>")}</p>
        <button id="theme" type="button" hidden>Dark colours</button>
        </header>
        <main id="content" tabindex="-1">

        """);

    /// <summary>Ends it.</summary>
    internal static void End(StringBuilder page, PageScript script) => page
        .Append("</main>\n<footer>Each word is defined in docs/analysis.md of TraceCap.</footer>\n<script>")
        .Append(script.Text).Append("</script>\n</body>\n</html>\n");
}
