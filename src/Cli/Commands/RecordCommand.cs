using System.CommandLine;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Metadata;
using TraceCap.Recorder.Flight;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Launch;
using TraceCap.Recorder.Monitoring;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap record</c></summary>
internal static class RecordCommand
{
    /// <summary>What goes through a pipe must not wait for a whole second.</summary>
    private static readonly TimeSpan PipeFlushInterval = TimeSpan.FromMilliseconds(100);

    internal static Command Create()
    {
        var files = new RotationOptions();
        var flight = new FlightOptions(files);
        var live = new LiveOptions();
        var launch = new LaunchOptions();
        var comment = OptionFactory.Text("A remark to keep in the capture.", "TEXT", "--comment");
        var metrics = OptionFactory.Text(
            "Write how the recording goes into this file every 15 s and at the end, for node_exporter's textfile collector.", "FILE", "--metrics").Offering(ValueSource.Files());
        var quiet = OptionFactory.Flag("Say nothing but errors and losses.", "-q", "--quiet");
        var command = new Command("record", "Records the TCP connections of this host into a capture, until Ctrl-C; with -- COMMAND, those of a command that it runs.");
        files.AddTo(command);
        flight.AddTo(command);
        live.AddTo(command);
        launch.AddTo(command);
        command.Add(comment);
        command.Add(metrics);
        command.Add(quiet);
        command.Does(parsed => CommandRun.Around(
            parsed,
            launch,
            parsed.GetValue(quiet),
            run => Run(parsed, files, flight, live, run, parsed.GetValue(comment) ?? "", parsed.GetValue(metrics), parsed.GetValue(quiet))));
        return command;
    }

    private static ExitCode Run(
        ParseResult parsed, RotationOptions files, FlightOptions flight, LiveOptions live, CommandRun? run, string comment, string? metrics, bool quiet)
    {
        var output = files.Output(parsed);
        CommandRun.CheckOutput(run, output.Text);
        if (metrics is not null && output.Names(metrics))
        {
            throw new CommandException($"--metrics {metrics} is a name of the capture; give another one", ExitCode.Usage);
        }

        if (output.IsSeries)
        {
            CaptureOutput.CheckFolder(output.Text);
        }
        else
        {
            CaptureOutput.Check(output.Name, files.Force(parsed));
        }

        var user = live.User(parsed) ?? run?.User;
        var probes = run?.Limit(live.Probes(parsed)) ?? live.Probes(parsed);
        Descriptors.CheckLimit();
        SessionSignals.HearInterrupts();
        using var flow = output.IsSeries ? null : CaptureOutput.OpenFlow(output.Name, files.Force(parsed), user);
        using var session = LiveSession.Start(probes, Messages.Warn);
        foreach (var limit in session.Limits)
        {
            Messages.Warn(limit);
        }

        // All files of a series are made without privileges; a single file may need them.
        if (output.IsSeries)
        {
            Privileges.Drop(user);
        }

        var header = Recording.Describe(session, probes, Version.Tool, comment);
        header = run?.Describe(header) ?? header;
        using var signals = new SessionSignals(session, areOthers: run is not null);
        using var sink = Begin(parsed, files, flight, header, user, flow, session, signals);
        if (!output.IsSeries)
        {
            Privileges.Drop(user);
        }

        using var status = new RecordingStatus(sink, quiet, run?.Until);
        using var monitor = new RecordingMonitor(sink, status, () => session.RingFill, ServiceManager.Find(), Messages.Warn)
        {
            Metrics = metrics is null ? null : new MetricsFile(metrics),
        };
        return Record(session, signals, sink, status, monitor, flow is null, live.Duration(parsed), live.Count(parsed), run);
    }

    /// <summary>Begins what the options ask for: a flight recorder, a pipe or device, a file, or file after file.</summary>
    private static IRecordingSink Begin(
        ParseResult parsed, RotationOptions files, FlightOptions flight, CaptureHeader header, UserAccount? user, Stream? flow, LiveSession session, SessionSignals signals)
    {
        var output = files.Output(parsed);
        var options = files.Series(parsed) with { Names = session.Names };
        if (flow is not null)
        {
            var name = output.Text == CaptureName.Pipe ? StandardOutput.Name : output.Name;
            return new CaptureSeries(
                name, new LiveOutput(flow, name, signals.Stopped), header, Clocks.Anchor, options with { FlushInterval = PipeFlushInterval });
        }

        var captures = files.Files(parsed, user);
        try
        {
            if (flight.Limits(parsed) is { } limits)
            {
                captures.CheckFolder();
                var recorder = new FlightRecorder(captures, header, Clocks.Anchor, limits, flight.Triggers(parsed), options);
                signals.OnUser(() => recorder.WriteNow("SIGUSR1"));
                signals.OnHangUp(() => recorder.WriteNow("SIGHUP"));
                return recorder;
            }

            var series = new CaptureSeries(captures, header, Clocks.Anchor, options);
            if (output.IsSeries)
            {
                signals.OnHangUp(series.RotateNow);
            }

            return series;
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(
                $"{output.Folder}: {(user ?? UserAccount.Find(FileCalls.EffectiveUser())).Name} may not create files there, and privileges are given up "
                + "once the probes are attached: give the folder to that user, or record as its owner with --user NAME");
        }
    }

    private static ExitCode Record(
        LiveSession session,
        SessionSignals signals,
        IRecordingSink sink,
        RecordingStatus status,
        RecordingMonitor monitor,
        bool isFile,
        TimeSpan? duration,
        ulong count,
        CommandRun? run)
    {
        status.Begin();
        monitor.Begin();
        try
        {
            run?.Begin(session, signals, takesUser1: sink is not FlightRecorder);
            var limited = new EventLimit(monitor, count);
            var end = session.Run(run?.Follow(limited) ?? limited, duration);
            monitor.Stop();
            sink.Complete(
                end switch
                {
                    EndOfSession.TimeOver => "the time was over",
                    EndOfSession.SinkFull => "the number of events was reached",
                    _ => run?.Reason ?? "stopped by a signal",
                },
                cut: end == EndOfSession.SinkFull);
        }
        catch (LaunchException)
        {
            sink.Complete("the command could not be run", cut: false);
            throw;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && !(error is ClosedPipeException && signals.Stopped.IsCompleted))
        {
            throw new CommandException($"recording ended: {error.Message}; {status.Account(isFile ? null : session.Detach())}");
        }

        status.Sum();
        return ExitCode.Done;
    }
}
