using System.CommandLine;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Launch;
using TraceCap.Recorder.Probes;
using TraceCap.Recorder.Session;

namespace TraceCap.Cli.Commands;

/// <summary>The command that a recording is around, from its start to its exit code.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly LaunchedCommand command;
    private readonly CommandWait wait;
    private readonly string text;
    private readonly bool quiet;
    private CommandWatch? watch;

    private CommandRun(ParseResult parsed, LaunchOptions launch, bool quiet)
    {
        text = LaunchOptions.TextOf(LaunchOptions.WordsOf(parsed));
        wait = launch.Wait(parsed);
        this.quiet = quiet;
        User = launch.User(parsed).Account is { } account && !launch.IsOther(parsed) ? account : null;
        // What recording takes is told first: a command's cgroup takes less.
        AttachedProbes.Check();
        command = launch.Prepare(parsed);
        if (command.Cgroup is null)
        {
            Tell($"the command has no cgroup of its own ({command.Refusal}); its processes are followed instead");
        }
    }

    /// <summary>Who called, if that is another user than this process runs as: the recorder becomes that user, and the capture
    /// is for that user.</summary>
    internal UserAccount? User { get; }

    /// <summary>Until when it is recorded, in words.</summary>
    internal string Until => wait == CommandWait.Command ? "the command has ended" : "the command and all that it starts have ended";

    /// <summary>Records, with the command that the command line has or without one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="launch">Its options for commands.</param>
    /// <param name="quiet">Whether nothing but errors is said.</param>
    /// <param name="record">Records; begins the command once all is ready.</param>
    /// <returns>The command's exit code, unless it is 0 and the recording failed, or there is no command.</returns>
    internal static ExitCode Around(ParseResult parsed, LaunchOptions launch, bool quiet, Func<CommandRun?, ExitCode> record)
    {
        if (!launch.HasCommand(parsed))
        {
            return record(null);
        }

        using var run = new CommandRun(parsed, launch, quiet);
        var code = CommandRunner.Guard(() => record(run));
        return run.command.HasBegun && run.Await() is var own and not ExitCode.Done ? own : code;
    }

    /// <summary>What the command writes must not be in the middle of a capture.</summary>
    internal static void CheckOutput(CommandRun? run, string path)
    {
        if (run is not null && path == CaptureName.Pipe)
        {
            throw new CommandException("-o - and a command would both write to standard output; name a file with -o FILE", ExitCode.Usage);
        }
    }

    /// <summary>Only what the command does is wanted.</summary>
    internal ProbeOptions Limit(ProbeOptions options)
    {
        if (options.Cgroups.Only.Count > 0)
        {
            throw new CommandException("--cgroup and a command exclude each other: the command has a cgroup of its own", ExitCode.Usage);
        }

        return command.Cgroup is { } cgroup
            ? options with { Cgroups = options.Cgroups with { Only = [cgroup] } }
            : options with { Tree = command.Process };
    }

    /// <summary>Adds the command to what a capture says of its recording.</summary>
    internal CaptureHeader Describe(CaptureHeader header) =>
        header with { Options = new Dictionary<string, string>(header.Options) { ["command"] = text } };

    /// <summary>Begins the command: the probes are attached, and what is recorded has a place.</summary>
    /// <param name="session">Ends with it.</param>
    /// <param name="signals">Leave signals to the command.</param>
    /// <param name="takesUser1">Whether SIGUSR1 is for the command too.</param>
    /// <exception cref="LaunchException">The program cannot be run.</exception>
    internal void Begin(LiveSession session, SessionSignals signals, bool takesUser1)
    {
        watch = new CommandWatch(command, session, wait, takesUser1, signals.Stop, Tell);
        command.Begin();
    }

    /// <summary>Has the recording end once the command and its connections have ended.</summary>
    internal IEventSink Follow(IEventSink sink) => new FollowedSink(sink, watch!);

    /// <summary>The same for each drain.</summary>
    internal void Follow(ReadOnlySpan<TcpEvent> events, in DrainState state) => watch!.Follow(events, state.Now);

    /// <inheritdoc cref="CommandWatch.Reason" />
    internal string? Reason => watch?.Reason;

    public void Dispose()
    {
        watch?.Dispose();
        command.Dispose();
    }

    private ExitCode Await()
    {
        if (!watch!.Ended.IsCompleted)
        {
            Tell("recording has ended; the command goes on, and is waited for");
        }

        return (ExitCode)watch.Ended.Result;
    }

    private void Tell(string message)
    {
        if (!quiet)
        {
            Messages.Warn(message);
        }
    }

    /// <summary>Has a watch see what is recorded.</summary>
    private sealed class FollowedSink(IEventSink sink, CommandWatch watch) : IEventSink
    {
        /// <inheritdoc />
        public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
        {
            watch.Follow(events, state.Now);
            return sink.Take(events, state);
        }
    }
}
