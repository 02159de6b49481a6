using System.Text;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>What became of expectations, for people.</summary>
internal static class CheckText
{
    private const int StatusWidth = 8;

    /// <summary>A line for each: the verdict, the expectation, the figure; the figure in lines of its own where there is no room for
    /// it.</summary>
    /// <param name="results">What became of them.</param>
    /// <param name="width">The columns of the terminal; 0: lines may be of any length.</param>
    /// <param name="colours">How verdicts stand out; null: not at all.</param>
    /// <returns>UTF-8; nothing if nothing was expected.</returns>
    public static byte[] Format(IReadOnlyList<CheckResult> results, int width, TextColours? colours = null)
    {
        var text = new StringBuilder();
        var rows = results.Select(result => (Expression: PrintableText.Of(result.Expectation.Text), result.FigureText, result.Verdict)).ToArray();
        var longest = rows.Select(row => row.Expression.Length).Append(0).Max();
        foreach (var (expression, figure, verdict) in rows)
        {
            text.Append((colours ?? TextColours.None).Of(verdict.Status(), EmphasisOf(verdict))).Append(' ', StatusWidth - verdict.Status().Length);
            if (width == 0 || StatusWidth + longest + 2 + figure.Length <= width)
            {
                text.Append(expression.PadRight(longest)).Append("  ").Append(figure).Append('\n');
            }
            else
            {
                text.Append(expression).Append('\n');
                WrappedText.Append(text, new string(' ', StatusWidth), figure, width);
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>How a verdict stands out.</summary>
    internal static Emphasis EmphasisOf(Verdict verdict) => verdict switch
    {
        Verdict.Holds => Emphasis.Good,
        Verdict.Fails => Emphasis.Bad,
        _ => Emphasis.Doubtful,
    };
}
