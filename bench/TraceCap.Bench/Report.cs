using System.Globalization;
using System.Text;

namespace TraceCap.Bench;

/// <summary>What was measured: printed as it comes, and kept to be saved. A bar that is measured several times is met if it
/// is each time.</summary>
internal sealed class Report
{
    private const string Page = "docs/performance.md";

    private readonly StringBuilder lines = new();
    private readonly List<(string Name, string Wanted, List<(string Measured, bool IsMet)> Cases)> bars = [];

    public void Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    public void Line(string text)
    {
        Console.WriteLine(text);
        lines.Append(text).Append('\n');
    }

    public void AtLeast(string name, double wanted, double measured, string unit = " x", string format = "F2") =>
        Add(name, Invariant($">= {wanted}{unit}"), measured.ToString(format, CultureInfo.InvariantCulture) + unit, measured >= wanted);

    public void AtMost(string name, double wanted, double measured, string unit = " x", string format = "F2") =>
        Add(name, Invariant($"<= {wanted}{unit}"), measured.ToString(format, CultureInfo.InvariantCulture) + unit, measured <= wanted);

    /// <summary>Something that no bar is set for.</summary>
    public void Figure(string name, string measured) => Add(name, "", measured, true);

    /// <summary>Prints all bars as a table.</summary>
    public void Bars()
    {
        Line("");
        foreach (var line in Table())
        {
            Line(line);
        }
    }

    /// <summary>Writes all of it as Markdown, and the table into the page that shows these figures.</summary>
    /// <param name="path">The file, relative to the current folder.</param>
    public void Save(string path)
    {
        var table = string.Join('\n', Table());
        var all = lines.ToString();
        var before = all[..all.LastIndexOf(table, StringComparison.Ordinal)].TrimEnd();
        File.WriteAllText(path, $"# Measured by `./build.sh bench`\n\n{table}\n\n```text\n{before}\n```\n");
        var (begin, end) = ($"<!-- figures of {path} -->\n", "\n<!-- end of figures -->");
        var page = File.ReadAllText(Page);
        var at = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        if (at >= begin.Length)
        {
            File.WriteAllText(Page, page[..at] + table + page[page.IndexOf(end, at, StringComparison.Ordinal)..]);
        }
    }

    private IEnumerable<string> Table()
    {
        yield return "| what | bar | measured | |";
        yield return "|---|---|---|---|";
        foreach (var (name, wanted, cases) in bars)
        {
            var verdict = wanted.Length == 0 ? "" : cases.TrueForAll(one => one.IsMet) ? "met" : "**missed**";
            yield return $"| {name} | {wanted} | {string.Join(", ", cases.Select(one => one.Measured))} | {verdict} |";
        }
    }

    private void Add(string name, string wanted, string measured, bool isMet)
    {
        Line(Invariant($"{name,-44} {wanted,-10} {measured,10}  {(wanted.Length == 0 ? "" : isMet ? "met" : "MISSED")}").TrimEnd());
        var index = bars.FindIndex(bar => bar.Name == name);
        if (index < 0)
        {
            bars.Add((name, wanted, [(measured, isMet)]));
        }
        else
        {
            bars[index].Cases.Add((measured, isMet));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
