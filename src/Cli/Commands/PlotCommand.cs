using System.CommandLine;
using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Charts;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap plot</c></summary>
internal static class PlotCommand
{
    private static readonly Dictionary<string, ColorTheme> themes = new()
    {
        ["light"] = ColorTheme.Light,
        ["dark"] = ColorTheme.Dark,
    };

    private static readonly Dictionary<string, Format> formats = new Format[] { new("png"), new("svg") }
        .Concat(TableFormat.All.Select(table => new Format(table.Name, table))).ToDictionary(format => format.Name);

    internal static Command Create()
    {
        var names = ChartTable.All.Select(kind => kind.Name).ToArray();
        var chart = new Argument<ChartKind>("CHART")
        {
            Description = $"{string.Join("; ", ChartTable.All.Select(kind => $"{kind.Name}: {kind.Meaning}"))}.",
            HelpName = "CHART",
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (ChartTable.Find(text) is { } found)
                {
                    return found;
                }

                result.AddError($"'{text}' is no chart; expected one of {string.Join(", ", names)}");
                return null;
            },
        };
        chart.Offering(ValueSource.Words(ChartTable.All, kind => kind.Name, kind => kind.Meaning));
        var files = new ConnectionFiles();
        var output = OptionFactory.Output("The picture to write, .png or .svg, or a table of what it shows, such as .csv; - is standard output, and where a table goes that --format names.");
        output.Required = false;
        var format = OptionFactory.Word<Format?>("What to write, if its name does not tell: a picture, or the numbers behind it.", "FORMAT", formats.ToDictionary(one => one.Key, Format? (one) => one.Value), "--format", one => one!.Table?.Doc);
        var by = OptionFactory.By($"By what connections are told apart{NotOf(kind => kind.NoGroups)}.", forFailures: false);
        var log = OptionFactory.Flag($"Counts on a logarithmic scale{NotOf(kind => kind.NoLog)}. Lifetimes always are.", "--log");
        var linear = OptionFactory.Flag("The colours of a heatmap by even steps, not by equal ratios.", "--linear");
        var percentiles = OptionFactory.Flag("Percentiles along the axis, those near 100 % far apart, and lifetimes upwards; of cdf.", "--percentiles");
        var size = OptionFactory.Parsed("Width and height in pixels; 1000x600 if not given.", "WxH", ParseSize, "--size");
        var theme = OptionFactory.Word("Colours; light if not given.", "THEME", themes, "--theme");
        var force = OptionFactory.Force();
        var command = new Command("plot", "Draws a chart of connections, or writes the numbers behind it.") { chart, output, format, by, log, linear, percentiles, size, theme, force };
        files.AddTo(command);
        command.Does(parsed =>
        {
            var path = parsed.GetValue(output);
            var kind = parsed.GetValue(chart)!;
            if (parsed.GetValue(log) && parsed.GetValue(linear))
            {
                throw new CommandException("--log and --linear exclude each other", ExitCode.Usage);
            }

            var options = new ChartOptions(
                parsed.GetValue(by),
                parsed.GetValue(log) ? true : parsed.GetValue(linear) ? false : null,
                parsed.GetValue(percentiles),
                files.Zone.IsLocal(parsed) ? TimeZoneInfo.Local : TimeZoneInfo.Utc);
            if (kind.Refuse(options) is { } refused)
            {
                throw new CommandException($"{refused.Option}: {refused.Reason}", ExitCode.Usage);
            }

            var written = parsed.GetValue(format) ?? (path is null ? null : FormatOf(path))
                ?? throw new CommandException($"-o {path ?? "is missing"}: a name that ends in .png, .svg, .csv or the like is expected; for another one, or none, say --format", ExitCode.Usage);
            if (path is null && written.Table is null)
            {
                throw new CommandException($"-o is missing: a file for the {written.Name}, or - for standard output, is expected", ExitCode.Usage);
            }

            using var result = written.Table is null && path == CaptureName.Pipe
                ? ResultOutput.Picture(parsed.GetValue(force), files.Names(parsed)) : ResultOutput.Open(path, parsed.GetValue(force), files.Names(parsed));
            var drawn = kind.Create(options, draws: written.Table is null);
            var feed = files.Feed(parsed, drawn);
            var code = files.Read(parsed, feed);
            if (written.Table is { } table)
            {
                drawn.Data(feed.Recordings).Write(result.Stream, table, width: result.Width);
            }
            else
            {
                var (pixels, colours) = (parsed.GetValue(size) ?? ChartSize.Default, parsed.GetValue(theme) ?? ColorTheme.Light);
                result.Stream.Write(written.Name == "svg"
                    ? Encoding.UTF8.GetBytes(drawn.ToSvg(feed.Recordings, pixels, colours))
                    : drawn.ToPng(feed.Recordings, pixels, colours));
            }

            result.Finish();
            return code;
        });
        return command;
    }

    /// <summary>The charts that refuse an option, for its help.</summary>
    private static string NotOf(Func<ChartKind, string?> reason) =>
        ChartTable.All.Where(kind => reason(kind) is not null).Select(kind => kind.Name).ToArray() is { Length: > 0 } refusing ? $", but not of {string.Join(" and ", refusing)}" : "";

    /// <summary>What the name of a file tells; null if it tells nothing.</summary>
    private static Format? FormatOf(string name) => TableFormat.OfFile(name) is { } table
        ? formats[table.Name]
        : formats.GetValueOrDefault(Path.GetExtension(name).TrimStart('.').ToLowerInvariant());

    private static ChartSize ParseSize(string text)
    {
        var sides = text.Split('x');
        return sides.Length == 2 && IsSide(sides[0], out var width) && IsSide(sides[1], out var height)
            ? new ChartSize(width, height)
            : throw new FormatException($"'{text}' is no size; expected one such as 1000x600, each side from {ChartSize.Least} to {ChartSize.Most} pixels");
    }

    /// <summary>What is written.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Table">The format of a table; null: a picture.</param>
    private sealed record Format(string Name, TableFormat? Table = null);

    private static bool IsSide(string text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= ChartSize.Least and <= ChartSize.Most;
}
