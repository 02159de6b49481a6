using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>A <see cref="ConnectionChurn"/> as a table; on a terminal with a bar for each interval where there is room, and below it with
/// all of it in a line each for what was opened and what failed.</summary>
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
        ("ACCEPTED", 4, interval => interval.Accepted),
        ("CLOSED", 3, interval => interval.Closed),
        ("FAILED", 1, interval => interval.Failed),
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
    /// <param name="colours">How failures and losses stand out; null: not at all.</param>
    public static void Write(Stream output, ConnectionChurn churn, int width, bool isAscii = false, TextColours? colours = null)
    {
        var look = colours ?? TextColours.None;
        var shown = Shown(width);
        var header = "TIME(s)".PadRight(TimeWidth) + string.Concat(shown.Select(figure => figure.Name.PadLeft(FigureWidth)));
        var room = width - header.Length - MarkWidth - 2 is >= LeastBar and var left ? left : 0;
        var most = room == 0 ? 0 : churn.Intervals().Select(New).DefaultIfEmpty().Max();
        var decimals = Decimals(churn.Every);
        using var text = new StreamWriter(output, new UTF8Encoding(false), 64 << 10, leaveOpen: true) { NewLine = "\n" };
        text.WriteLine(look.Of(room == 0 ? header : Invariant($"{header}      NEW (max {most:N0})"), Emphasis.Heading));
        foreach (var interval in churn.Intervals())
        {
            WriteFigures(text, in interval, shown, decimals, churn.Every, look);
            text.Write(look.Of(Mark(in interval) ?? (room > 0 && New(interval) > 0 ? "      " : ""), interval.IsLossy ? Emphasis.Bad : Emphasis.None));
            text.WriteLine(room > 0 && most > 0 ? Bar(New(interval), most, room, isAscii) : "");
        }

        if (width > 0)
        {
            WriteSparklines(text, [.. churn.Intervals()], width, isAscii, look);
            WriteHidden(text, shown, width);
        }
    }

    /// <summary>Writes what stands above all lines of <see cref="WriteLines"/>.</summary>
    internal static void WriteHeader(Stream output, int width = 0, TextColours? colours = null)
    {
        using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        var shown = Shown(width);
        WriteHidden(text, shown, width);
        text.WriteLine((colours ?? TextColours.None).Of("TIME(s)".PadRight(TimeWidth) + string.Concat(shown.Select(figure => figure.Name.PadLeft(FigureWidth))), Emphasis.Heading));
    }

    /// <summary>Writes lines without bars, while nobody knows how long the longest will be.</summary>
    internal static void WriteLines(Stream output, IReadOnlyList<ChurnInterval> intervals, ulong every, int width = 0, TextColours? colours = null)
    {
        using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        foreach (var interval in intervals)
        {
            WriteFigures(text, in interval, Shown(width), Decimals(every), every, colours ?? TextColours.None);
            text.WriteLine((Mark(in interval) ?? "").TrimEnd());
        }
    }

    private static (string Name, int Goes, Func<ChurnInterval, long> Count)[] Shown(int width) =>
        FittingColumns.Choose(figures, width == 0 ? 0 : Math.Max(1, width - TimeWidth - MarkWidth), figure => (FigureWidth, figure.Goes));

    private static void WriteHidden(StreamWriter text, IEnumerable<(string Name, int Goes, Func<ChurnInterval, long> Count)> shown, int width)
    {
        var names = shown.Select(figure => figure.Name).ToArray();
        text.Write(FittingColumns.Note(figures.Select(figure => figure.Name).Except(names), "a wider terminal, or -o FILE, has them", width));
    }

    /// <summary>All intervals in one line for what was opened and accepted, and one for what failed; one for losses where there are any.</summary>
    private static void WriteSparklines(StreamWriter text, IReadOnlyList<ChurnInterval> intervals, int width, bool isAscii, TextColours colours)
    {
        if (intervals.Count < 2)
        {
            return;
        }

        var lines = new (string Label, long?[] Counts, Emphasis Emphasis)[]
        {
            ("new", Counts(New), Emphasis.None),
            ("failed", Counts(interval => interval.Failed), Emphasis.Bad),
        };
        var tails = Array.ConvertAll(lines, line => Invariant($"  max {line.Counts.Max() ?? 0:N0}"));
        var room = width - TimeWidth - tails.Max(tail => tail.Length);
        text.WriteLine();
        foreach (var (line, tail) in lines.Zip(tails))
        {
            text.Write(line.Label.PadRight(TimeWidth));
            text.Write(colours.Of(Sparkline.Of(line.Counts, room, isAscii), line.Counts.Max() > 0 ? line.Emphasis : Emphasis.None));
            text.WriteLine(tail);
        }

        if (intervals.Any(interval => interval.IsLossy))
        {
            var marks = Sparkline.Of([.. intervals.Select(interval => interval.IsLossy ? 1 : (long?)null)], room, isAscii: true);
            text.WriteLine("lost".PadRight(TimeWidth) + colours.Of(marks.Replace(Sparkline.Most, '!').TrimEnd(), Emphasis.Bad));
        }

        long?[] Counts(Func<ChurnInterval, long> count) => [.. intervals.Select(interval => interval.IsPaused ? null : (long?)count(interval))];
    }

    private static string? Mark(in ChurnInterval interval) => interval.IsPaused ? "  gap " : interval.IsLossy ? "  lost" : null;

    private static void WriteFigures(
        StreamWriter text, in ChurnInterval interval, IEnumerable<(string Name, int Goes, Func<ChurnInterval, long> Count)> shown, int decimals, ulong every, TextColours colours)
    {
        var seconds = (interval.Number * (decimal)every / 1_000_000_000).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        text.Write(seconds.PadRight(TimeWidth));
        foreach (var (name, _, count) in shown)
        {
            text.Write(' ');
            text.Write(colours.Of(Invariant($"{count(interval),FigureWidth - 1}"), name == "FAILED" ? TextColours.OfFailures(count(interval)) : Emphasis.None));
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
