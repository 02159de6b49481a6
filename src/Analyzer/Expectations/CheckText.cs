using System.Text;

namespace TraceCap.Analyzer.Expectations;

/// <summary>What became of expectations, for people.</summary>
public static class CheckText
{
    private const int StatusWidth = 8;

    /// <summary>A line for each: whether it holds, the expectation, the figure; the figure in a line of its own where there
    /// is no room for it.</summary>
    /// <param name="results">What became of them.</param>
    /// <param name="width">The columns of the terminal; 0: lines may be of any length.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Format(IReadOnlyList<CheckResult> results, int width)
    {
        var text = new StringBuilder();
        var rows = results.Select(result => (Expression: PrintableText.Of(result.Expectation.Text), result.FigureText, result.Holds)).ToArray();
        var longest = rows.Max(row => row.Expression.Length);
        foreach (var (expression, figure, holds) in rows)
        {
            var isOneLine = width == 0 || StatusWidth + longest + 2 + figure.Length <= width;
            text.Append((holds == true ? "ok" : "FAILED").PadRight(StatusWidth))
                .Append(isOneLine ? expression.PadRight(longest) + "  " : expression + "\n" + new string(' ', StatusWidth))
                .Append(figure).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
