using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>The style sheet and the script of a report. The page allows these two, known by their hashes, and nothing else:
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
        {{Read("report.css")}}
        """.ReplaceLineEndings("\n");

    /// <summary>What sorts and filters tables, and changes the colours.</summary>
    internal static string Script { get; } = Read("report.js");

    /// <summary>The content security policy.</summary>
    internal static string Policy { get; } =
        $"default-src 'none'; img-src data:; style-src {Hash(Sheet)}; script-src {Hash(Script)}; base-uri 'none'; form-action 'none'";

    /// <summary>The variable of a colour of the themes.</summary>
    internal static string Variable(int number) => string.Create(CultureInfo.InvariantCulture, $"--c{number}");

    private static string Variables(ColorTheme theme) =>
        string.Join(' ', theme.All.Select((color, number) => $"{Variable(number)}: {color};"));

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Read(string name)
    {
        using var file = new StreamReader(typeof(ReportStyle).Assembly.GetManifestResourceStream(name)!);
        // As browsers read it before they compare the hash.
        return file.ReadToEnd().ReplaceLineEndings("\n");
    }
}
