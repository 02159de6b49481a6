using System.CommandLine;
using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Charts;
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

    private static readonly Dictionary<string, Format?> formats = new() { ["png"] = Format.Png, ["svg"] = Format.Svg };

    private enum Format
    {
        Png,
        Svg,
    }

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
        chart.CompletionSources.Add(names);
        var files = new ConnectionFiles();
        var output = OptionFactory.Output("The picture to write, .png or .svg; - is standard output.");
        var format = OptionFactory.Word("What kind of picture, if its name does not tell.", "FORMAT", formats, "--format");
        var by = OptionFactory.By($"By what connections are told apart{NotOf(kind => kind.NoGroups)}.", forFailures: false);
        var log = OptionFactory.Flag($"Counts on a logarithmic scale{NotOf(kind => kind.NoLog)}. Lifetimes always are.", "--log");
        var size = OptionFactory.Parsed("Width and height in pixels; 1000x600 if not given.", "WxH", ParseSize, "--size");
        var theme = OptionFactory.Word("Colours; light if not given.", "THEME", themes, "--theme");
        var force = OptionFactory.Force();
        var command = new Command("plot", "Draws a chart of connections.") { chart, output, format, by, log, size, theme, force };
        files.AddTo(command);
        command.Does(parsed =>
        {
            var path = parsed.GetValue(output)!;
            var kind = parsed.GetValue(chart)!;
            var options = new ChartOptions(parsed.GetValue(by), parsed.GetValue(log));
            if (kind.Refuse(options) is { } reason)
            {
                throw new CommandException($"{(reason == kind.NoGroups ? "--by" : "--log")}: {reason}", ExitCode.Usage);
            }

            var written = parsed.GetValue(format) ?? FormatOf(path)
                ?? throw new CommandException($"-o {path}: a name that ends in .png or .svg is expected; for another one say --format", ExitCode.Usage);
            using var picture = NewCapture.Create(path, parsed.GetValue(force), files.Names(parsed));
            var drawn = kind.Create(options);
            var feed = new ConnectionFeed(drawn, files.Filter(parsed));
            var code = files.Read(parsed, feed);
            var (pixels, colours) = (parsed.GetValue(size) ?? ChartSize.Default, parsed.GetValue(theme) ?? ColorTheme.Light);
            picture.Stream.Write(written == Format.Svg
                ? Encoding.UTF8.GetBytes(drawn.ToSvg(feed.Recordings, pixels, colours))
                : drawn.ToPng(feed.Recordings, pixels, colours));
            picture.Finish();
            return code;
        });
        return command;
    }

    /// <summary>The charts that refuse an option, for its help.</summary>
    private static string NotOf(Func<ChartKind, string?> reason) =>
        ChartTable.All.Where(kind => reason(kind) is not null).Select(kind => kind.Name).ToArray() is { Length: > 0 } refusing ? $", but not of {string.Join(" and ", refusing)}" : "";

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
