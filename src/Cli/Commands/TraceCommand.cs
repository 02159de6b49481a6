using System.CommandLine;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;
using TraceCap.Recorder.Session;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap trace</c></summary>
internal static class TraceCommand
{
    internal static Command Create()
    {
        var show = new ShowOptions();
        var live = new LiveOptions();
        var command = new Command("trace", "Prints the TCP connections of this host as they happen, as tcptracer does, in true time order.");
        show.AddTo(command);
        live.AddTo(command);
        command.Does(parsed => Run(
            show.Format(parsed, live.Filters.IsOneNetns(parsed)),
            show.Limit(parsed, new EventFilter()),
            live.Probes(parsed),
            live.User(parsed),
            live.Duration(parsed),
            live.Count(parsed)));
        return command;
    }

    private static ExitCode Run(IEventFormat format, EventFilter filter, ProbeOptions options, UserAccount? user, TimeSpan? duration, ulong count)
    {
        using var session = LiveSession.Start(options with { BeyondTcptracer = filter.Types != EventTypeSet.Tcptracer });
        Privileges.Drop(user);
        using var signals = new SessionSignals(session);
        using var output = new LiveOutput(signals.Stopped);
        foreach (var limit in session.Limits)
        {
            Messages.Warn(limit);
        }

        var sink = new PrintingSink(format, session.Names, new EventPrinter(format, filter, output), count);
        session.Run(sink, duration);
        sink.End();
        return ExitCode.Done;
    }

    /// <summary>Prints events once no earlier one can come, and tells of losses where they show.</summary>
    private sealed class PrintingSink : IEventSink
    {
        private const ulong ClockInterval = 1_000_000_000;

        private readonly IEventFormat format;
        private readonly INames names;
        private readonly EventPrinter printer;
        private readonly EventOrder order = new();
        private ulong left;
        private ulong? clockReadAt;
        private LossCounters told;

        internal PrintingSink(IEventFormat format, INames names, EventPrinter printer, ulong count)
        {
            this.format = format;
            this.names = names;
            this.printer = printer;
            left = count;
            printer.Begin();
        }

        public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
        {
            FollowClock(state.Now);
            Print(order.Add(events, state.Watermark));
            var lost = state.LossCounters - told;
            if (lost.Lost > 0 || lost.ProbeMissed > 0)
            {
                Messages.Warn($"events lost here: {LossText.Describe(lost)}{LossText.Advice(lost)}");
                told = state.LossCounters;
            }

            return left > 0;
        }

        internal void End() => Print(order.Flush());

        private void Print(ReadOnlySpan<TcpEvent> events) => left -= printer.Print(events, left);

        /// <summary>The wall clock may be set, or the host sleep, while events are printed.</summary>
        private void FollowClock(ulong now)
        {
            if (clockReadAt is not { } before || now - before >= ClockInterval)
            {
                format.Use(new EventContext { Names = names, Clock = Clocks.Anchor() });
                clockReadAt = now;
            }
        }
    }
}
