using System.CommandLine;
using System.Globalization;
using TraceCap.Recorder;

namespace TraceCap.Cli;

/// <summary><c>tracecap record</c></summary>
internal static class RecordCommand
{
    /// <summary>What is written for somebody who is looking must not wait for a whole second.</summary>
    private static readonly TimeSpan PipeFlushInterval = TimeSpan.FromMilliseconds(100);

    internal static Command Create()
    {
        var output = Options.CaptureOutput();
        var live = new LiveOptions();
        var comment = Options.Text("A remark to keep in the capture.", "TEXT", "--comment");
        var force = Options.Force();
        var quiet = Options.Flag("Say nothing but errors and losses.", "-q", "--quiet");
        var command = new Command("record", "Records the TCP connections of this host into a capture, until Ctrl-C.") { output };
        live.AddTo(command);
        command.Add(comment);
        command.Add(force);
        command.Add(quiet);
        command.Does(parsed => Run(
            parsed.GetValue(output)!,
            live.Probes(parsed),
            live.Duration(parsed),
            live.Count(parsed),
            parsed.GetValue(comment) ?? "",
            parsed.GetValue(force),
            parsed.GetValue(quiet)));
        return command;
    }

    private static ExitCode Run(
        string path, ProbeOptions options, TimeSpan? duration, ulong count, string comment, bool force, bool quiet)
    {
        CaptureOutput.Check(path, force);
        var start = Clocks.Anchor();
        using var session = LiveSession.Start(options);
        using var signals = new StopSignals(session);
        using var output = CaptureOutput.Create(path, force, signals.Stopped);
        var header = Recording.Describe(session, options, start, Version.Tool, comment);
        var sink = new CaptureSink(output.Stream, header, Clocks.Anchor, count)
        {
            FlushInterval = output.IsPipe ? PipeFlushInterval : TimeSpan.FromSeconds(1),
        };
        foreach (var limit in session.Limits)
        {
            Messages.Warn(limit);
        }

        using var status = new RecordingStatus(sink, output.Name, quiet);
        status.Begin();
        try
        {
            var end = session.Run(status, duration);
            sink.Complete(end switch
            {
                EndOfSession.TimeOver => "the time was over",
                EndOfSession.SinkFull => "the number of events was reached",
                _ => "stopped by a signal",
            });
            output.Finish();
        }
        catch (IOException error) when (error is not ClosedPipeException || !signals.Stopped.IsCompleted)
        {
            throw new CommandException(string.Create(
                CultureInfo.InvariantCulture,
                $"recording ended: {error.Message}; of {sink.Ledger.Emitted:N0} events, {sink.EventsWritten:N0} were written before and can be read"));
        }

        status.Sum();
        return ExitCode.Done;
    }
}
