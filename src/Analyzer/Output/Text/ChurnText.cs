using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>A <see cref="ConnectionChurn"/> as a table, with a bar for each interval where there is room.</summary>
internal static class ChurnText
{
    private const int TimeWidth = 10;
    private const int FigureWidth = 9;
    private const int MarkWidth = 6;

    // What is said above the bars.
    private const int LeastBar = 16;

    private static readonly (string Name, int Goes, Func<ChurnInterval, long> Count)[] figures =
    [
        ("OPENED", 0, interval => interval.Opened),
        ("ACCEPTED", 1, interval => interval.Accepted),
        ("CLOSED", 4, interval => interval.Closed),
        ("FAILED", 3, interval => interval.Failed),
        ("ACTIVE", 2, interval => interval.Active),
    ];

    private const string Eighths = "▏▎▍▌▋▊▉█";
    private const char AsciiBar = '#';

    /// <summary>Writes a line for each interval: when it begins, what happened in it, how many connections were open at its
    /// end, <c>lost</c> if events were, and <c>gap</c> if not all of it was recorded.</summary>
    /// <param name="output">Takes UTF-8.</param>
    /// <param name="churn">The counts.</param>
    /// <param name="width">The columns of the terminal; 0: no bars, and all figures; where there is no room the least important ones are left out. A bar is as long as there were connections opened and
    /// accepted.</param>
    /// <param name="isAscii">Whether the bars are of ASCII.</param>
    public static void Write(Stream output, ConnectionChurn churn, int width, bool isAscii = false)
    {
        var shown = FittingColumns.Choose(figures, width == 0 ? 0 : Math.Max(1, width - TimeWidth - MarkWidth), figure => (FigureWidth, figure.Goes));
        var header = "TIME(s)".PadRight(TimeWidth) + string.Concat(shown.Select(figure => figure.Name.PadLeft(FigureWidth)));
        var room = width - header.Length - MarkWidth - 2 is >= LeastBar and var left ? left : 0;
        var most = room == 0 ? 0 : churn.Intervals().Select(New).DefaultIfEmpty().Max();
        var decimals = Decimals(churn.Every);
        using var text = new StreamWriter(output, new UTF8Encoding(false), 64 << 10, leaveOpen: true) { NewLine = "\n" };
        text.WriteLine(room == 0 ? header : Invariant($"{header}      NEW (max {most:N0})"));
        foreach (var interval in churn.Intervals())
        {
            WriteFigures(text, in interval, shown, decimals, churn.Every);
            text.Write(Mark(in interval) ?? (room > 0 && New(interval) > 0 ? "      " : ""));
            text.WriteLine(room > 0 && most > 0 ? Bar(New(interval), most, room, isAscii) : "");
        }
    }

    /// <summary>Writes what stands above all lines of <see cref="WriteLines"/>.</summary>
    internal static void WriteHeader(Stream output)
    {
        using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        text.WriteLine("TIME(s)".PadRight(TimeWidth) + string.Concat(figures.Select(figure => figure.Name.PadLeft(FigureWidth))));
    }

    /// <summary>Writes lines without bars, while nobody knows how long the longest will be.</summary>
    internal static void WriteLines(Stream output, IReadOnlyList<ChurnInterval> intervals, ulong every)
    {
        using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        foreach (var interval in intervals)
        {
            WriteFigures(text, in interval, figures, Decimals(every), every);
            text.WriteLine((Mark(in interval) ?? "").TrimEnd());
        }
    }

    private static string? Mark(in ChurnInterval interval) => interval.IsPaused ? "  gap " : interval.IsLossy ? "  lost" : null;

    private static void WriteFigures(
        StreamWriter text, in ChurnInterval interval, IEnumerable<(string Name, int Goes, Func<ChurnInterval, long> Count)> shown, int decimals, ulong every)
    {
        var seconds = (interval.Number * (decimal)every / 1_000_000_000).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        text.Write(seconds.PadRight(TimeWidth));
        foreach (var (_, _, count) in shown)
        {
            text.Write(Invariant($" {count(interval),FigureWidth - 1}"));
        }
    }

    /// <summary>As many decimals of a second as tell intervals of this length apart, at least 3.</summary>
    private static int Decimals(ulong every)
    {
        var decimals = 9;
        for (; decimals > 3 && every % 10 == 0; decimals--)
        {
            every /= 10;
        }

        return decimals;
    }

    private static string Bar(long value, long most, int room, bool isAscii)
    {
        var eighths = (int)((value * room * 8) / most);
        if (value > 0 && eighths == 0)
        {
            eighths = 1;
        }

        return isAscii ? new string(AsciiBar, (eighths + 7) / 8)
            : eighths == 0 ? "" : new string(Eighths[^1], eighths / 8) + (eighths % 8 == 0 ? "" : Eighths[(eighths % 8) - 1].ToString());
    }

    private static long New(ChurnInterval interval) => interval.Opened + interval.Accepted;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
