using System.CommandLine;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Rolling;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Cli.Top;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap top</c></summary>
internal static class TopCommand
{
    internal static Command Create()
    {
        var files = OptionFactory.CaptureFiles("Captures to show in recorded time, those of one host in the order of time; - is standard input. Without any, what happens on this host now.");
        files.Arity = ArgumentArity.ZeroOrMore;
        var options = new TopOptions();
        var result = new TableResult("With -b, the tables as rows with exact counts", hasFile: false);
        var follow = new FollowOption();
        var live = new LiveOptions();
        var command = new Command("top", "Shows what connects now, or did in a capture, second by second: services, processes or peers, on all of the terminal.") { files };
        options.AddTo(command);
        result.AddTo(command);
        follow.AddTo(command);
        var ofFiles = options.OfFiles.Append(follow.Option).ToArray();
        var before = command.Options.ToHashSet();
        live.AddProbesTo(command);
        var ofLive = command.Options.Except(before).Except(live.Filters.OfCaptures).ToArray();
        command.Validators.Add(given =>
        {
            var hasFiles = given.GetResult(files) is { Tokens.Count: > 0 };
            foreach (var option in (hasFiles ? ofLive : ofFiles).Where(given.IsGiven))
            {
                given.AddError(hasFiles
                    ? $"{option.Name} is for what is recorded now, and not for a FILE"
                    : $"{option.Name} is for a FILE; without one there is but the present");
            }
        });
        command.Validators.Add(given =>
        {
            if (given.IsGiven(result.Fields) && (given.ValueIfRight(result.Choice) is null or { Name: "table" }))
            {
                given.AddError("--fields is for rows for programs; say in which --format, such as csv");
            }
        });
        command.Does(parsed =>
        {
            var steps = options.Steps(parsed);
            var format = result.Format(parsed);
            var window = new RollingWindow(steps, options.Groupings(parsed));
            if (parsed.GetValue(files) is { Length: > 0 } paths)
            {
                using var following = follow.Start(parsed);
                var source = new TopSource(
                    IsLive: false,
                    string.Join(' ', paths),
                    (feed, read) => ConnectionFiles.Read(paths, feed, printsRows: true, following, read),
                    () => { });
                return Run(source, options.Speed(parsed, following is not null), paths);
            }

            using var capture = LiveCapture.Begin(live.Probes(parsed), live.User(parsed), Version.Tool);
            var code = Run(
                new TopSource(
                    IsLive: true,
                    "this host",
                    (feed, read) =>
                    {
                        capture.Read(feed, read);
                        return ExitCode.Done;
                    },
                    capture.Stop),
                TopSpeed.Max,
                []);
            var losses = capture.Losses;
            Messages.Warn($"{CountText.Of(losses.Emitted, "event")}, {(losses is { Lost: 0, ProbeMissed: 0 } ? "none lost" : $"LOST {LossText.Describe(losses)}{LossText.Advice(losses)}")}");
            return code;

            ExitCode Run(TopSource source, TopSpeed speed, string[] captures)
            {
                var pace = new TopPace(speed);
                var isBatch = options.IsBatch(parsed) || format is not null;
                var reader = new TopReader(source, options.Connections(parsed, source.IsLive ? null : live.Filters, captures), window, pace, isEach: isBatch);
                return isBatch
                    ? new TopBatch(reader, source, options.Order(parsed), options.Filter(parsed), options.Rows(parsed), options.Tables(parsed), options.Zone(parsed)).Run(format, columns => result.Choose(parsed, columns))
                    : new TopScreen(
                        source,
                        reader,
                        pace,
                        new TopState { Order = options.Order(parsed), Filter = options.Filter(parsed), Step = steps.Step, Speed = source.IsLive ? null : speed },
                        steps,
                        options.Zone(parsed)).Run();
            }
        });
        return command;
    }
}
