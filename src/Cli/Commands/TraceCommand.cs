using System.CommandLine;
using System.Globalization;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Probes;
using TraceCap.Recorder.Session;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap trace</c></summary>
internal static class TraceCommand
{
    internal static Command Create()
    {
        var show = new ShowOptions(new ZoneOption());
        var live = new LiveOptions();
        var launch = new LaunchOptions();
        var path = OptionFactory.Output(
            "Where to, row by row; - is standard output. If not given, standard output, and with a command, whose that is, standard error.");
        path.Required = false;
        var force = OptionFactory.Force();
        var command = new Command(
            "trace", "Prints the TCP connections of this host as they happen, as tcptracer does, in true time order; with -- COMMAND, those of a command that it runs.");
        command.Add(path);
        command.Add(force);
        show.AddTo(command);
        live.AddTo(command);
        launch.AddTo(command);
        command.Does(parsed => CommandRun.Around(parsed, launch, quiet: false, run =>
        {
            var file = parsed.GetValue(path) ?? (run is null ? CaptureName.Pipe : null);
            if (file is not (null or CaptureName.Pipe))
            {
                CaptureOutput.Check(file, parsed.GetValue(force));
            }

            return Run(
                run,
                stopped => Open(file, parsed.GetValue(force), stopped),
                output => show.Exporter(parsed, live.Filters.IsOneNetns(parsed), file, output, isLive: true),
                show.Limit(parsed, new EventFilter()),
                run?.Limit(live.Probes(parsed)) ?? live.Probes(parsed),
                live.User(parsed) ?? run?.User,
                live.Duration(parsed),
                live.Count(parsed));
        }));
        return command;
    }

    private static ExitCode Run(
        CommandRun? run,
        Func<Task, ResultOutput> open,
        Func<ResultOutput, IExporter> exporter,
        EventFilter filter,
        ProbeOptions options,
        UserAccount? user,
        TimeSpan? duration,
        ulong count)
    {
        Descriptors.CheckLimit();
        SessionSignals.HearInterrupts();
        // The end of connections, which the table does not show, is what the end of a command waits for.
        using var session = LiveSession.Start(options with { BeyondTcptracer = filter is { Plain: false, Compat: false } || run is not null }, Messages.Warn);
        Privileges.Drop(user);
        using var signals = new SessionSignals(session, areOthers: run is not null);
        using var output = open(signals.Stopped);
        foreach (var limit in session.Limits)
        {
            Messages.Warn(limit);
        }

        session.EndAfter(duration);
        using var pipeline = new EventPipeline(exporter(output), new CaptureFilter(filter), count, Version.Tool);
        run?.Begin(session, signals, takesUser1: true);
        try
        {
            pipeline.Run(
                new LiveEvents(session, run is null ? null : run.Follow),
                lost => Messages.Fail($"events lost here: {LossText.Describe(lost)}{LossText.Advice(lost)}"));
        }
        catch (IOException error) when (error is not ClosedPipeException && session.Detach() is { Lost: > 0 } lost)
        {
            // While nobody read, the ring had no room, and no row shows that.
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{error.Message}; of {CountText.Of(lost.Emitted, "event")}, LOST {LossText.Describe(lost)}{LossText.Advice(lost)}"));
        }

        return ExitCode.Done;
    }

    /// <summary>Opens what rows are written to, as the user that the recorder is by now.</summary>
    /// <param name="path">A file, <c>-</c> for standard output, or null for standard error.</param>
    /// <param name="force">Whether a file that is there is replaced.</param>
    /// <param name="stopped">Done once the command was asked to end.</param>
    private static ResultOutput Open(string? path, bool force, Task stopped) => path switch
    {
        null => ResultOutput.OnError(new LiveOutput(StandardError.Open(), StandardError.Name, stopped)),
        CaptureName.Pipe => ResultOutput.Around(new LiveOutput(stopped)),
        _ => ResultOutput.Into(CaptureOutput.OpenFlow(path, force) is { } flow ? new LiveOutput(flow, path, stopped) : OutputFile.Create(path, force)),
    };
}
