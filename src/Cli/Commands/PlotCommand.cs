using System.CommandLine;
using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Charts;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap plot</c></summary>
internal static class PlotCommand
{
    private static readonly Dictionary<string, ChartKind> kinds = new()
    {
        ["lifetime"] = ChartKind.Lifetime,
        ["cdf"] = ChartKind.Cdf,
        ["churn"] = ChartKind.Churn,
        ["active"] = ChartKind.Active,
        ["heatmap"] = ChartKind.Heatmap,
        ["timeline"] = ChartKind.Timeline,
        ["peers"] = ChartKind.Peers,
    };

    private static readonly Dictionary<string, GroupBy?> groups = Enum.GetValues<GroupBy>()
        .Where(by => !Grouping.Of(by).IsOfFailures).ToDictionary(by => Grouping.Of(by).Word, GroupBy? (by) => by);

    private static readonly Dictionary<string, ChartTheme> themes = new()
    {
        ["light"] = ChartTheme.Light,
        ["dark"] = ChartTheme.Dark,
    };

    private static readonly Dictionary<string, Format?> formats = new() { ["png"] = Format.Png, ["svg"] = Format.Svg };

    private enum Format
    {
        Png,
        Svg,
    }

    internal static Command Create()
    {
        var kind = new Argument<ChartKind>("CHART")
        {
            Description = string.Join(", ", kinds.Keys),
            HelpName = "CHART",
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (!kinds.TryGetValue(text, out var found))
                {
                    result.AddError($"'{text}' is no chart; expected one of {string.Join(", ", kinds.Keys)}");
                }

                return found;
            },
        };
        kind.CompletionSources.Add([.. kinds.Keys]);
        var files = new ConnectionFiles();
        var output = OptionFactory.Output("The picture to write, .png or .svg; - is standard output.");
        var format = OptionFactory.Word("What kind of picture, if its name does not tell.", "FORMAT", formats, "--format");
        var by = OptionFactory.Word("By what connections are told apart.", "WHAT", groups, "--by");
        var log = OptionFactory.Flag("Counts on a logarithmic scale. Lifetimes always are.", "--log");
        var size = OptionFactory.Parsed("Width and height in pixels; 1000x600 if not given.", "WxH", ParseSize, "--size");
        var theme = OptionFactory.Word("Colours; light if not given.", "THEME", themes, "--theme");
        var force = OptionFactory.Force();
        var command = new Command("plot", "Draws a chart of connections.") { kind, output, format, by, log, size, theme, force };
        files.AddTo(command);
        command.Does(parsed =>
        {
            var path = parsed.GetValue(output)!;
            var options = new ChartOptions(parsed.GetValue(kind), parsed.GetValue(by), parsed.GetValue(log));
            if (Chart.Refuse(options) is { } reason)
            {
                throw new CommandException($"{(options.Log ? "--log" : "--by")}: {reason}", ExitCode.Usage);
            }

            var written = parsed.GetValue(format) ?? FormatOf(path)
                ?? throw new CommandException($"-o {path}: a name that ends in .png or .svg is expected; for another one say --format", ExitCode.Usage);
            using var picture = NewCapture.Create(path, parsed.GetValue(force), files.Names(parsed));
            var chart = Chart.Create(options);
            var feed = new ConnectionFeed(chart, files.Filter(parsed));
            var code = files.Read(parsed, feed);
            var (pixels, colours) = (parsed.GetValue(size) ?? ChartSize.Default, parsed.GetValue(theme) ?? ChartTheme.Light);
            picture.Stream.Write(written == Format.Svg
                ? Encoding.UTF8.GetBytes(chart.ToSvg(feed.Recordings, pixels, colours))
                : chart.ToPng(feed.Recordings, pixels, colours));
            picture.Finish();
            return code;
        });
        return command;
    }

    /// <summary>What the name of a file tells; null if it tells nothing.</summary>
    private static Format? FormatOf(string name) => formats.GetValueOrDefault(Path.GetExtension(name).TrimStart('.').ToLowerInvariant());

    private static ChartSize ParseSize(string text)
    {
        var sides = text.Split('x');
        return sides.Length == 2 && IsSide(sides[0], out var width) && IsSide(sides[1], out var height)
            ? new ChartSize(width, height)
            : throw new FormatException($"'{text}' is no size; expected one such as 1000x600, each side from {ChartSize.Least} to {ChartSize.Most} pixels");
    }

    private static bool IsSide(string text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= ChartSize.Least and <= ChartSize.Most;
}
