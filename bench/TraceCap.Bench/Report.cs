using System.Globalization;
using System.Text;

namespace TraceCap.Bench;

/// <summary>What was measured: printed as it comes, and kept to be saved. A bar that is measured several times is met if it
/// is each time.</summary>
internal sealed class Report
{
    private const string Page = "docs/performance.md";
    private const string Met = "met";
    private const string Missed = "missed";
    private const string NotMeasurable = "not measurable";

    private readonly StringBuilder lines = new();
    private readonly List<(string Name, string Wanted, List<(string Measured, string Verdict)> Cases)> bars = [];

    public void Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    public void Line(string text)
    {
        Console.WriteLine(text);
        lines.Append(text).Append('\n');
    }

    public void AtLeast(string name, double wanted, double measured, string unit = " x", string format = "F2") =>
        Add(name, Invariant($">= {wanted}{unit}"), measured.ToString(format, CultureInfo.InvariantCulture) + unit, VerdictOf(measured >= wanted));

    public void AtMost(string name, double wanted, double measured, string unit = " x", string format = "F2") =>
        Add(name, Invariant($"<= {wanted}{unit}"), measured.ToString(format, CultureInfo.InvariantCulture) + unit, VerdictOf(measured <= wanted));

    /// <summary>The median of several rounds and their range. Where the bar lies within the range, nothing is said of it.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="wanted">The bar; 0: none.</param>
    /// <param name="measured">Each round.</param>
    /// <param name="unit">Behind the figures.</param>
    public void AtLeast(string name, double wanted, double[] measured, string unit = " x") =>
        Add(name, wanted == 0 ? "" : Invariant($">= {wanted}{unit}"), Spread(measured, unit), wanted == 0 ? "" : VerdictOf(measured, measured.Min() >= wanted, measured.Max() < wanted));

    /// <inheritdoc cref="AtLeast(string, double, double[], string)" />
    public void AtMost(string name, double wanted, double[] measured, string unit = " x") =>
        Add(name, Invariant($"<= {wanted}{unit}"), Spread(measured, unit), VerdictOf(measured, measured.Max() <= wanted, measured.Min() > wanted));

    /// <summary>Something that no bar is set for.</summary>
    public void Figure(string name, string measured) => Add(name, "", measured, "");

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
            var verdict = cases.Exists(one => one.Verdict == Missed) ? $"**{Missed}**" : cases.Exists(one => one.Verdict == NotMeasurable) ? NotMeasurable : cases[0].Verdict;
            yield return $"| {name} | {wanted} | {string.Join(", ", cases.Select(one => one.Measured))} | {verdict} |";
        }
    }

    private static string VerdictOf(bool isMet) => isMet ? Met : Missed;

    private static string VerdictOf(double[] measured, bool isMet, bool isMissed) =>
        measured.Length == 1 ? VerdictOf(isMet) : isMet ? Met : isMissed ? Missed : NotMeasurable;

    private static string Spread(double[] measured, string unit)
    {
        var sorted = measured.Order().ToArray();
        return sorted.Length == 1 ? Invariant($"{sorted[0]:F0}{unit}") : Invariant($"{sorted[sorted.Length / 2]:G3}{unit} ({sorted[0]:G3} to {sorted[^1]:G3})");
    }

    private void Add(string name, string wanted, string measured, string verdict)
    {
        Line(Invariant($"{name,-44} {wanted,-10} {measured,10}  {verdict}").TrimEnd());
        var index = bars.FindIndex(bar => bar.Name == name);
        if (index < 0)
        {
            bars.Add((name, wanted, [(measured, verdict)]));
        }
        else
        {
            // One of the cases may have no bar.
            bars[index] = bars[index] with { Wanted = bars[index].Wanted.Length > 0 ? bars[index].Wanted : wanted };
            bars[index].Cases.Add((measured, verdict));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
