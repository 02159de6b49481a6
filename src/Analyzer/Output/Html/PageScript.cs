using System.Security.Cryptography;
using System.Text;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>A script of a page: parts that know each other, in one scope of their own.</summary>
internal sealed class PageScript
{
    private const string Plot = "uPlot.js";

    private PageScript(params string[] parts)
    {
        var text = new StringBuilder();
        if (parts.Contains(Plot))
        {
            // The library is as it was published, with its licence.
            text.Append("/*\nuPlot, https://github.com/leeoniya/uPlot\n\n").Append(PageResource.Read("LICENSE")).Append("\n*/\n").Append(PageResource.Read(Plot)).Append('\n');
        }

        text.Append("(() => {\n'use strict';\n");
        foreach (var part in parts.Where(part => part != Plot))
        {
            text.Append(PageResource.Read(part));
        }

        Text = text.Append("})();\n").ToString();
    }

    /// <summary>Colours, and tables that are sorted and filtered.</summary>
    internal static PageScript Tables { get; } = new("theme.js", "tables.js");

    /// <summary>A report that is explored.</summary>
    internal static PageScript Explorer { get; } = new(
        Plot, "theme.js", "tables.js", "units.js", "clock.js", "grid.js", "survival.js", "rows.js", "figures.js", "selection.js", "chart.js", "series.js", "distribution.js", "groups.js", "list.js", "explorer.js");

    /// <summary>The script.</summary>
    internal string Text { get; }

    /// <summary>By what the policy of the page knows it.</summary>
    internal string Hash => PageResource.HashOf(Text);
}

/// <summary>The files that pages are made of.</summary>
internal static class PageResource
{
    /// <summary>Reads a file as browsers read it before they compare its hash.</summary>
    internal static string Read(string name)
    {
        using var file = new StreamReader(typeof(PageResource).Assembly.GetManifestResourceStream(name)!);
        return file.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>How a content security policy names a text.</summary>
    internal static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
