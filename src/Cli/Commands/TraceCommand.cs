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
        var command = new Command("trace", "Prints the TCP connections of this host as they happen, as tcptracer does, in true time order.");
        show.AddTo(command);
        live.AddTo(command);
        command.Does(parsed => Run(
            output => show.Exporter(parsed, live.Filters.IsOneNetns(parsed), null, ResultOutput.Around(output), isLive: true),
            show.Limit(parsed, new EventFilter()),
            live.Probes(parsed),
            live.User(parsed),
            live.Duration(parsed),
            live.Count(parsed)));
        return command;
    }

    private static ExitCode Run(
        Func<Stream, IExporter> exporter, EventFilter filter, ProbeOptions options, UserAccount? user, TimeSpan? duration, ulong count)
    {
        Descriptors.CheckLimit();
        SessionSignals.HearInterrupts();
        using var session = LiveSession.Start(options with { BeyondTcptracer = filter.Types != EventTypeSet.Tcptracer }, Messages.Warn);
        Privileges.Drop(user);
        using var signals = new SessionSignals(session);
        using var output = new LiveOutput(signals.Stopped);
        foreach (var limit in session.Limits)
        {
            Messages.Warn(limit);
        }

        session.EndAfter(duration);
        using var pipeline = new EventPipeline(exporter(output), new CaptureFilter(filter), count, Version.Tool);
        try
        {
            pipeline.Run(new LiveEvents(session), lost => Messages.Warn($"events lost here: {LossText.Describe(lost)}{LossText.Advice(lost)}"));
        }
        catch (IOException error) when (error is not ClosedPipeException && session.Detach() is { Lost: > 0 } lost)
        {
            // While nobody read, the ring had no room, and no row tells of that.
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{error.Message}; of {CountText.Of(lost.Emitted, "event")}, LOST {LossText.Describe(lost)}{LossText.Advice(lost)}"));
        }

        return ExitCode.Done;
    }
}
