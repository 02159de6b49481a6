using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Churn;

/// <summary>A <see cref="ConnectionChurn"/> as a table, with a bar for each interval where there is room.</summary>
public static class ChurnText
{
    private const string Header = "TIME(s)      OPENED ACCEPTED   CLOSED   FAILED   ACTIVE";
    private const string Eighths = "▏▎▍▌▋▊▉█";

    /// <summary>Writes a line for each interval: when it begins, what happened in it, how many connections were open at its
    /// end, <c>lost</c> if events were, and <c>gap</c> if not all of it was recorded.</summary>
    /// <param name="output">Takes UTF-8.</param>
    /// <param name="churn">The counts.</param>
    /// <param name="recordings">What they are of.</param>
    /// <param name="width">The columns of the terminal; 0: no bars. A bar is as long as there were connections opened and
    /// accepted.</param>
    public static void Write(Stream output, ConnectionChurn churn, IReadOnlyList<RecordedSpan> recordings, int width)
    {
        var room = Math.Max(0, width - Header.Length - 8);
        var most = room == 0 ? 0 : churn.Intervals(recordings).Select(New).DefaultIfEmpty().Max();
        var decimals = Decimals(churn.Every);
        using var text = new StreamWriter(output, new UTF8Encoding(false), 64 << 10, leaveOpen: true) { NewLine = "\n" };
        text.WriteLine(room == 0 ? Header : Invariant($"{Header}      NEW (max {most:N0})"));
        foreach (var interval in churn.Intervals(recordings))
        {
            var seconds = (interval.Number * (decimal)churn.Every / 1_000_000_000).ToString($"F{decimals}", CultureInfo.InvariantCulture);
            text.Write(Invariant($"{seconds,-10} {interval.Opened,8} {interval.Accepted,8} {interval.Closed,8} {interval.Failed,8} {interval.Active,8}"));
            text.Write(interval.IsPaused ? "  gap " : interval.IsLossy ? "  lost" : room > 0 && New(interval) > 0 ? "      " : "");
            text.WriteLine(room > 0 && most > 0 ? Bar(New(interval), most, room) : "");
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

    private static string Bar(long value, long most, int room)
    {
        var eighths = (int)((value * room * 8) / most);
        if (value > 0 && eighths == 0)
        {
            eighths = 1;
        }

        return eighths == 0 ? "" : new string(Eighths[^1], eighths / 8) + (eighths % 8 == 0 ? "" : Eighths[(eighths % 8) - 1].ToString());
    }

    private static long New(ChurnInterval interval) => interval.Opened + interval.Accepted;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
