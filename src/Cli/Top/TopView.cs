using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Rolling;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Top;

/// <summary>The picture of a table: what stands above the rows, the rows that fit, and the keys. All it shows of a capture has been made harmless
/// for a terminal before.</summary>
/// <param name="state">What is shown.</param>
/// <param name="source">Where it comes from.</param>
/// <param name="stepLength">The length of a step in nanoseconds.</param>
/// <param name="zone">Times of day are in it.</param>
/// <param name="height">The rows of the terminal.</param>
internal sealed class TopView(TopState state, TopSource source, long stepLength, TimeZoneInfo zone, int height) : IRenderable
{
    // The lines above and below the rows, and those of them that a low terminal does without.
    private const int Frame = 8;
    private const int Optional = 3;
    private const int Low = 12;

    private static readonly Style plain = Style.Plain;
    private static readonly Style strong = new(decoration: Decoration.Bold);
    private static readonly Style weak = new(decoration: Decoration.Dim);
    private static readonly Style bar = new(decoration: Decoration.Invert);
    private static readonly Style chosen = new(decoration: Decoration.Invert | Decoration.Bold);
    private static readonly Style good = new(Color.Green);
    private static readonly Style bad = new(Color.Red, decoration: Decoration.Bold);
    private static readonly Style graph = new(Color.Teal);
    private static readonly Style alert = new(Color.Yellow, decoration: Decoration.Bold);

    /// <summary>The rows of groups that fit a terminal.</summary>
    internal static int PageOf(int height) => Math.Max(1, height - (height < Low ? Frame - Optional : Frame));

    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var lines = (state.IsHelp ? Help(maxWidth) : state.Table is { } table ? Table(table, maxWidth) : Waiting()).Take(Math.Max(1, height)).ToArray();
        foreach (var (line, number) in lines.Select((line, number) => (line, number)))
        {
            foreach (var segment in Fit(line, maxWidth))
            {
                yield return segment;
            }

            if (number < lines.Length - 1)
            {
                yield return Segment.LineBreak;
            }
        }
    }

    /// <summary>Cuts a line off at the right edge, by the columns that its characters take, and says so: half a number is another one.</summary>
    private static IEnumerable<Segment> Fit(IEnumerable<Segment> line, int width)
    {
        var room = width;
        foreach (var segment in line)
        {
            var cells = segment.CellCount();
            if (cells > room)
            {
                if (room > 1 && Segment.Truncate(segment, room - 1) is { } cut)
                {
                    yield return cut;
                }

                yield return Of(room > 0 ? TerminalKind.ShowsUnicode ? "…" : ">" : "", segment.Style);
                yield break;
            }

            room -= cells;
            yield return segment;
        }
    }

    private static Segment Of(string text, Style? style = null) => new(text, style ?? plain);

    private IEnumerable<Segment[]> Waiting() =>
    [
        [Of("tracecap top ", strong), Of(PrintableText.Of(source.Name))],
        [Of(state.HasEnded ? "nothing was recorded; q ends" : "waiting for what is recorded; q ends", weak)],
    ];

    private static IEnumerable<Segment[]> Help(int width) =>
    [
        [Of("tracecap top: keys", strong)],
        [],
        .. TopKeys.Help.SelectMany(key => Meaning(key.Keys, key.Meaning, width)),
        [],
        .. RollingColumn.All.SelectMany(column => Meaning(column.Header, column.Meaning, width)),
        [],
        [Of("any key goes back", weak)],
    ];

    /// <summary>What something means, beside it, or behind it where there is no room for two columns.</summary>
    private static IEnumerable<Segment[]> Meaning(string name, string meaning, int width)
    {
        if (width >= RollingLayout.Narrow)
        {
            return [[Of("  "), Of(name.PadRight(28), strong), Of(meaning)]];
        }

        var text = new StringBuilder();
        WrappedText.Append(text, "  ", $"{name}: {meaning}", width);
        return text.ToString().TrimEnd('\n').Split('\n').Select((line, number) =>
            number == 0 ? new[] { Of(line[..(name.Length + 2)], strong), Of(line[(name.Length + 2)..]) } : [Of($"  {line}")]);
    }

    private IEnumerable<Segment[]> Table(RollingTable table, int width)
    {
        var groups = table.Groups[state.Grouping];
        var rows = state.Rows;
        var page = PageOf(height);
        var shown = rows.Skip(state.Offset).Take(page).ToArray();
        var layout = RollingLayout.Of(groups.By, shown.Select(row => row.Name), width);
        return
        [
            Title(table, width),
            .. height < Low ? Array.Empty<Segment[]>() : [[Of(RollingText.Totals(table, width))]],
            [Of(RollingText.Losses(table), RollingText.IsWhole(table) ? good : bad)],
            .. height < Low ? Array.Empty<Segment[]>() :
            [
                [Of(RollingText.Window(table, width), weak)],
                [Of(RollingText.Spark(table, width, isAscii: !TerminalKind.ShowsUnicode), graph)],
            ],
            Groupings(table),
            Header(layout),
            .. shown.Select(row => Row(layout, row, table.Seconds)),
            .. Enumerable.Repeat(Array.Empty<Segment>(), page - shown.Length),
            Footer(layout, rows.Count, shown.Length, groups, width),
        ];
    }

    /// <summary>What is shown, of when, and how: on a narrow terminal at least the time, and whether it passes.</summary>
    private Segment[] Title(RollingTable table, int width) =>
    [
        .. FittingColumns.Choose<(Segment Part, int Goes)>(
        [
            (Of("tracecap top ", strong), 6),
            (Of(RollingText.Host(table)), 4),
            (Of(RollingText.Clock(table, zone)), 0),
            (Of(RollingText.Elapsed(table)), 2),
            (Mode(), 1),
            (Of(state.IsPaused && source.IsLive ? " (recording goes on)" : "", alert), 3),
            (Of($"  every {DurationText.Whole((ulong)stepLength)}", weak), 5),
        ],
        width,
        part => (part.Part.CellCount(), part.Goes)).Select(part => part.Part),
    ];

    private Segment Mode() => state.IsPaused && (source.IsLive || !state.HasEnded) ? Of("PAUSED", alert)
        : source.IsLive ? Of("live", good)
        : state.HasEnded ? Of("END", alert)
        : Of($"speed {state.Speed}");

    private Segment[] Groupings(RollingTable table) =>
    [
        .. table.Groups.SelectMany((groups, number) => new[]
        {
            Of($" {groups.By.Plural}{(groups.By.Plural == "groups" ? $" by {groups.By.Word}" : "")} ", number == state.Grouping ? chosen : weak),
            Of(" "),
        }),
        .. state.FilterBefore is not null || state.Filter.Length > 0
            ? new[] { Of($" /{PrintableText.Of(state.Filter)}{(state.FilterBefore is not null ? "_" : "")}", alert) } : [],
    ];

    private Segment[] Header(RollingLayout layout) =>
    [
        Of(RollingLayout.FailureMark.Replace('!', ' ') + layout.Header.PadRight(layout.NameWidth), bar),
        .. layout.Columns.SelectMany(column => column == state.Order.Column
            ? new[] { Of(RollingLayout.Gap[1..], bar), Of(Arrow() + column.Header.PadLeft(column.Width), chosen) }
            : [Of(RollingLayout.Gap + column.Header.PadLeft(column.Width), bar)]),
    ];

    private string Arrow() => TerminalKind.ShowsUnicode ? state.Order.IsReversed ? "▲" : "▼" : state.Order.IsReversed ? "^" : "v";

    private static Segment[] Row(RollingLayout layout, RollingRow row, double seconds)
    {
        var hasFailed = row.Counts.Failed > 0;
        var name = WrappedText.Cut(row.Name, layout.NameWidth);
        return
        [
            Of(hasFailed ? RollingLayout.FailureMark : "  ", bad),
            Of(name, hasFailed ? bad : plain),
            Of(new string(' ', Math.Max(0, layout.NameWidth - new Segment(name).CellCount()))),
            .. layout.Columns.Select(column =>
                Of(RollingLayout.Gap + column.Text(row, seconds).PadLeft(column.Width), column.Name == "failed" && hasFailed ? bad : plain)),
        ];
    }

    private Segment[] Footer(RollingLayout layout, int count, int shown, RollingRows groups, int width)
    {
        var rows = count == 0 ? "no rows" : FormattableString.Invariant($"{state.Offset + 1}-{state.Offset + shown} of {count:N0}");
        var rest = groups.HasRest ? FormattableString.Invariant($" (more than {groups.Most:N0}: the least are together)") : "";
        Segment[] line =
        [
            Of(" ? help ", bar),
            .. state.Message is { } message ? new[] { Of($"  {PrintableText.Of(message.Split('\n')[0])}", alert) } : [],
            Of($" {rows}{rest} "),
        ];
        return layout.Hidden.Count == 0 ? line : [.. line, Of(RollingText.Hidden(layout, Math.Max(1, width - line.Sum(part => part.CellCount()))), weak)];
    }
}
