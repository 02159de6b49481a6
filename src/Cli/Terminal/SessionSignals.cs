using System.Runtime.InteropServices;
using TraceCap.Recorder.Session;

namespace TraceCap.Cli.Terminal;

/// <summary>
/// Has every signal that would end the process end a session properly instead, from its construction to its disposal: a signal
/// never leaves a file that was cut short. SIGHUP may do something else, and SIGUSR1 too.
/// </summary>
internal sealed partial class SessionSignals : IDisposable
{
    /// <summary>SIGXFSZ. .NET has no name for it, nor for those below; the numbers are those of x86-64 and arm64.</summary>
    private const PosixSignal FileTooLarge = (PosixSignal)25;

    private const nint Default = 0;
    private const nint Ignored = 1;
    private const PosixSignal User1 = (PosixSignal)10;
    private const PosixSignal User2 = (PosixSignal)12;

    /// <summary>What else ends a process: SIGALRM, SIGSTKFLT, SIGXCPU (<c>ulimit -t</c>), SIGVTALRM, SIGPROF, SIGIO and SIGPWR.</summary>
    private static readonly PosixSignal[] others = [.. new[] { 14, 16, 24, 26, 27, 29, 30 }.Select(number => (PosixSignal)number)];

    private static PosixSignalRegistration? tooLarge;

    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly TaskCompletionSource stopped = new();
    private readonly LiveSession session;
    private readonly bool areOthers;
    private volatile Action hangUp;
    private volatile Action user = () => Messages.Warn("SIGUSR1 does nothing here; it writes a file with record --flight");

    /// <param name="session">Is ended.</param>
    /// <param name="areOthers">Whether the signals are for a command that is recorded.</param>
    internal SessionSignals(LiveSession session, bool areOthers = false)
    {
        (this.session, this.areOthers) = (session, areOthers);
        hangUp = Stop;
        LetFilesBeTooLarge();
        // The command takes it over, unless it is for a flight recorder.
        On(User1, () => user());
        foreach (var signal in others)
        {
            On(signal, Stop);
        }

        if (areOthers)
        {
            return;
        }

        On(PosixSignal.SIGINT, Stop);
        On(PosixSignal.SIGQUIT, Stop);
        On(PosixSignal.SIGTERM, Stop);

        // What nohup has ignore it is meant to last.
        if (!IsIgnored(PosixSignal.SIGHUP))
        {
            On(PosixSignal.SIGHUP, () => hangUp());
        }

        On(User2, () => Messages.Warn("SIGUSR2 does nothing here"));
    }

    /// <summary>Done once the session was asked to end.</summary>
    internal Task Stopped => stopped.Task;

    /// <summary>Has it end as a signal does.</summary>
    internal void Stop()
    {
        stopped.TrySetResult();
        session.Stop();
    }

    internal void OnHangUp(Action action)
    {
        hangUp = action;
        if (!areOthers && IsIgnored(PosixSignal.SIGHUP))
        {
            Hear(PosixSignal.SIGHUP);
            On(PosixSignal.SIGHUP, () => hangUp());
        }
    }

    internal void OnUser(Action action) => user = action;

    /// <summary>Has a file that would become larger than it may (<c>ulimit -f</c>) be an error of writing it. For good: .NET tells of a signal
    /// some time after it came, and would end the process if nobody wanted to know any more.</summary>
    internal static void LetFilesBeTooLarge() =>
        tooLarge ??= OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(FileTooLarge, context => context.Cancel = true);

    /// <summary>Has SIGINT and SIGQUIT heard although they were ignored when the process began, as a shell begins what runs in the background
    /// of a script. To be called before any other signal is asked for: .NET looks only once what is ignored.</summary>
    internal static void HearInterrupts()
    {
        Hear(PosixSignal.SIGINT);
        Hear(PosixSignal.SIGQUIT);
    }

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    private void On(PosixSignal signal, Action action) => registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    }));

    private static void Hear(PosixSignal signal)
    {
        if (IsIgnored(signal))
        {
            _ = SetAction(NumberOf(signal), Default);
        }
    }

    /// <summary>.NET's own names of signals are negative.</summary>
    private static int NumberOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        _ => (int)signal,
    };

    private static unsafe bool IsIgnored(PosixSignal signal)
    {
        const int Words = 32;
        var action = stackalloc nint[Words];
        return OperatingSystem.IsLinux() && ReadAction(NumberOf(signal), null, action) == 0 && *action == Ignored;
    }

    /// <summary>Of <c>struct sigaction</c>, the first word is the handler.</summary>
    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static unsafe partial int ReadAction(int signal, nint* action, nint* before);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetAction(int signal, nint handler);
}
