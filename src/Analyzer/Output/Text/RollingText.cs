using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Rolling;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>A <see cref="RollingTable"/> in words and columns: what both a full screen and a batch of tables show.</summary>
internal static class RollingText
{
    private const string Levels = "▁▂▃▄▅▆▇█";
    private const string AsciiLevels = "_.:-=+*#";

    /// <summary>When the window ends, on the wall clock or since the recording began, and on which host.</summary>
    internal static string When(RollingTable table, TimeZoneInfo zone) => $"{Host(table)}{Clock(table, zone)}{Elapsed(table)}".TrimEnd();

    /// <summary>The host, and what sets it apart; empty if it is not known.</summary>
    internal static string Host(RollingTable table) => table.Host.Length > 0 ? $"{PrintableText.Of(table.Host)}  " : "";

    /// <summary>When the window ends on the wall clock, and what sets it apart; empty if that is not known.</summary>
    internal static string Clock(RollingTable table, TimeZoneInfo zone) => table.Time is { } time ? $"{ClockOf(time, zone)}  " : "";

    /// <summary>When the window ends since the recording began, and what sets it apart.</summary>
    internal static string Elapsed(RollingTable table) => Text($"+{table.Elapsed:F1} s  ");

    /// <summary>What the rates are of.</summary>
    /// <param name="table">The window.</param>
    /// <param name="width">Without what does not fit so many columns; 0: all.</param>
    internal static string Window(RollingTable table, int width) => Fitting(
        width,
        (Text($"rates of the last {Seconds(table.Seconds)}"), 0),
        ("; bytes count when a connection ends", 1));

    /// <summary>What happened since the recording began, and how many are open.</summary>
    /// <param name="table">The window.</param>
    /// <param name="width">Without what does not fit so many columns; 0: all.</param>
    internal static string Totals(RollingTable table, int width) => Fitting(
        width,
        (Text($"{table.All.Open:N0} open; in all {table.SinceBegin.Opened:N0} opened"), 0),
        (Text($", {table.SinceBegin.Accepted:N0} accepted"), 2),
        (Text($", {table.SinceBegin.Failed:N0} failed"), 1),
        (Text($", {table.SinceBegin.Closed:N0} closed"), 3));

    /// <summary>What is missing; always says something.</summary>
    internal static string Losses(RollingTable table) => IsWhole(table) ? "no events lost"
        : string.Join("; ", new[]
        {
            table.Losses is { Lost: 0, ProbeMissed: 0 } ? null : $"LOST {LossText.Describe(table.Losses)}{(table.IsLossy ? ", some of them just now: figures are too low" : "")}",
            table.IsDamaged ? "DAMAGED: a part of the capture cannot be read" : null,
            table.HasGap ? "GAP: a part of this time was not recorded" : null,
        }.OfType<string>());

    /// <summary>Whether nothing is known to be missing.</summary>
    internal static bool IsWhole(RollingTable table) => table is { Losses: { Lost: 0, ProbeMissed: 0 }, IsDamaged: false, HasGap: false };

    /// <summary>How many were new in each of the last steps, as a line of bars.</summary>
    /// <param name="table">Has them.</param>
    /// <param name="width">As many columns at most.</param>
    /// <param name="isAscii">Whether it is of ASCII.</param>
    internal static string Spark(RollingTable table, int width, bool isAscii)
    {
        var steps = table.New;
        var label = Text($"new/s, each {DurationText.Whole((ulong)Math.Round(table.Step * 1e9))}: ");
        var counts = steps.Skip(Math.Max(0, steps.Count - Math.Max(1, width - label.Length - 14))).ToArray();
        var most = counts.Max();
        var levels = isAscii ? AsciiLevels : Levels;
        var bars = string.Concat(counts.Select(count => count == 0 ? ' ' : levels[(int)(((count * (long)levels.Length) - 1) / most)]));
        return Text($"{label}{bars}  max {new Figure(most / table.Step).Text(MetricUnit.Rate)}");
    }

    /// <summary>Writes a table as lines of text.</summary>
    /// <param name="table">The window.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="order">Their order.</param>
    /// <param name="most">So many rows at most.</param>
    /// <param name="width">The columns of the terminal; 0: lines may be of any length.</param>
    /// <param name="zone">Times of day are in it.</param>
    /// <param name="isAscii">Whether bars are of ASCII.</param>
    internal static byte[] Format(RollingTable table, RollingRows groups, RollingOrder order, int most, int width, TimeZoneInfo zone, bool isAscii)
    {
        var rows = order.Sort(groups.Rows, table.Seconds).Take(most).ToArray();
        var layout = RollingLayout.Of(groups.By, rows.Select(row => row.Name), width);
        var text = new StringBuilder();
        foreach (var line in new[] { $"{When(table, zone)}  {Window(table, 0)}", Totals(table, 0), Losses(table), Spark(table, width == 0 ? 80 : width, isAscii) })
        {
            WrappedText.Append(text, "", line, width);
        }

        Append(text, "  ", layout, layout.Header, layout.Columns.Select(column => column.Header));
        foreach (var row in rows)
        {
            Append(text, row.Counts.Failed > 0 ? RollingLayout.FailureMark : "  ", layout, row.Name, layout.Columns.Select(column => column.Text(row, table.Seconds)));
        }

        foreach (var note in new[] { Rest(groups, rows.Length), layout.Hidden.Count > 0 ? Hidden(layout, 0) : null }.OfType<string>())
        {
            WrappedText.Append(text, "", note, width);
        }

        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    /// <summary>What there was no room for.</summary>
    /// <param name="layout">Has some.</param>
    /// <param name="room">How many there are, if their names do not fit so many columns; 0: their names.</param>
    internal static string Hidden(RollingLayout layout, int room) =>
        $"(no room for {string.Join(' ', layout.Hidden.Select(column => column.Name))})" is var names && (room == 0 || names.Length <= room) ? names
            : Text($"({layout.Hidden.Count} columns hidden)");

    private static string? Rest(RollingRows groups, int shown)
    {
        var more = groups.Rows.Count - shown;
        return groups.HasRest ? Text($"(more than {groups.Most:N0} {groups.By.Plural}: those with the least are together in {ConnectionGroups.OthersName})")
            : more > 0 ? Text($"({more:N0} more {groups.By.Plural})")
            : null;
    }

    private static void Append(StringBuilder text, string mark, RollingLayout layout, string name, IEnumerable<string> cells)
    {
        text.Append(mark).Append(WrappedText.Cut(name, layout.NameWidth).PadRight(layout.NameWidth));
        foreach (var (column, cell) in layout.Columns.Zip(cells))
        {
            text.Append(RollingLayout.Gap).Append(cell.PadLeft(column.Width));
        }

        text.Append('\n');
    }

    private static string ClockOf(ulong time, TimeZoneInfo zone)
    {
        var utc = DateTime.UnixEpoch.AddTicks((long)(time / 100));
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
        return local.ToString("yyyy-MM-dd HH:mm:ss.f", CultureInfo.InvariantCulture) + (zone == TimeZoneInfo.Utc ? "Z" : "");
    }

    private static string Fitting(int width, params (string Text, int Goes)[] parts) =>
        string.Concat(FittingColumns.Choose(parts, width, part => (part.Text.Length, part.Goes)).Select(part => part.Text));

    private static string Seconds(double seconds) => DurationText.Of((ulong)(seconds * 1e9));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
