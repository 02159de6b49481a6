using System.Diagnostics;
using System.Globalization;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Launch;

/// <summary>
/// Has a recording last as long as its command: until all that the command has started has ended, and its connections too,
/// or for as long as was asked. Signals go to the command while it runs; those that end programs end the recording
/// afterwards.
/// </summary>
internal sealed class CommandWatch : IDisposable
{
    /// <summary>How often to look what is left, where nothing tells, in milliseconds.</summary>
    private const int Pause = 20;

    private const byte Hangup = 1;
    private const byte Interrupt = 2;
    private const byte Quit = 3;
    private const byte User1 = 10;
    private const byte User2 = 12;
    private const byte Terminate = 15;
    private const byte Continue = 18;
    private const byte TerminalStop = 20;

    /// <summary>How long connections may take to end, in the kernel, after the last process that had one.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>What outlives the command for no longer is nothing to be told.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(1);

    private readonly LaunchedCommand command;
    private readonly LiveSession session;
    private readonly CommandWait wait;
    private readonly Action stop;
    private readonly Action<string> tell;
    private readonly WaitSet waiting = new();
    private readonly Descriptor notes;
    private readonly Thread watching;
    private readonly TaskCompletionSource<int> ended = new();
    private long endedAt;
    private bool isTold;
    private volatile bool isOver;
    private long opened;
    private ulong overAt;

    /// <summary>Begins to watch, and to send signals on.</summary>
    /// <param name="command">May have begun or not.</param>
    /// <param name="session">Is stopped when it is over.</param>
    /// <param name="wait">What is waited for.</param>
    /// <param name="takesUser1">Whether SIGUSR1 goes to the command too.</param>
    /// <param name="stop">Called when a signal is to end the recording; from another thread.</param>
    /// <param name="tell">Gets what the user should know; from another thread.</param>
    public CommandWatch(LaunchedCommand command, LiveSession session, CommandWait wait, bool takesUser1, Action stop, Action<string> tell)
    {
        this.command = command;
        this.session = session;
        this.wait = wait;
        this.stop = stop;
        this.tell = tell;
        notes = command.Relay([Hangup, Interrupt, Quit, User2, Terminate, Continue, TerminalStop, .. (ReadOnlySpan<byte>)(takesUser1 ? [User1] : [])]);
        waiting.Add(notes);
        waiting.Add(command.Handle, onlyWakeUps: true);
        if (command.Events is { } events)
        {
            waiting.Add(events, onlyWakeUps: true);
        }

        watching = new Thread(Watch) { IsBackground = true, Name = "command" };
        watching.Start();
    }

    /// <summary>Why the recording ended, in a few words; null if it was not because of the command.</summary>
    public string? Reason { get; private set; }

    /// <summary>How the command ended itself; done once it has.</summary>
    public Task<int> Ended => ended.Task;

    /// <summary>To be called with what each drain found: stops the session once the command and its connections have ended.</summary>
    /// <param name="events">What the drain found.</param>
    /// <param name="now">When it was.</param>
    public void Follow(ReadOnlySpan<TcpEvent> events, ulong now)
    {
        foreach (ref readonly var e in events)
        {
            opened += e.Type switch
            {
                TcpEventType.Connect or TcpEventType.Accept or TcpEventType.Open => 1,
                // One that was never accepted had no opening either.
                TcpEventType.Ended when (e.Flags & TcpEventFlags.NotAccepted) == 0 => -1,
                _ => 0,
            };
        }

        if (!isOver)
        {
            return;
        }

        if (overAt == 0)
        {
            // What happened before it was over may not have been in this drain; it is in the next one.
            overAt = now;
        }
        else if (opened <= 0 || now - overAt >= Grace.TotalNanoseconds)
        {
            session.Stop();
        }
    }

    /// <summary>Watches no more; signals still go to the command.</summary>
    public void Dispose()
    {
        waiting.Interrupt();
        watching.Join();
        waiting.Dispose();
        notes.Dispose();
    }

    private void Watch()
    {
        while (waiting.Wait(NextLook()))
        {
            ReadNotes();
            if (!ended.Task.IsCompleted && command.ExitCode is { } code)
            {
                endedAt = Stopwatch.GetTimestamp();
                ended.SetResult(code);
            }

            if (ended.Task.IsCompleted && !isOver)
            {
                Look(ended.Task.Result, Stopwatch.GetElapsedTime(endedAt));
            }
        }
    }

    /// <summary>Looks what is left of the command that has ended.</summary>
    private void Look(int code, TimeSpan since)
    {
        var ending = string.Create(CultureInfo.InvariantCulture, $"the command ended with {code}");
        if (!IsRunning())
        {
            Over(ending);
        }
        else if (since >= wait.Most)
        {
            Over($"{ending}; what it started still ran");
            if (wait.Most > TimeSpan.Zero)
            {
                tell($"{ending}, and what it started still runs: recording ends");
            }
        }
        else if (!isTold && since >= Usual)
        {
            isTold = true;
            tell($"{ending}; recording goes on until what it started has ended, or until Ctrl-C (--wait command ends it with the command)");
        }
    }

    /// <summary>Whether what it has started still runs, now that it has ended itself.</summary>
    private bool IsRunning()
    {
        if (command.Cgroup is not null)
        {
            return command.IsRunning;
        }

        session.Tree.Forget(command.Process);
        return !session.Tree.IsEmpty;
    }

    private void Over(string reason)
    {
        Reason = reason;
        isOver = true;
    }

    /// <summary>When there is something to do although nothing happens, in milliseconds from now; -1 if never.</summary>
    private int NextLook()
    {
        if (!ended.Task.IsCompleted || isOver)
        {
            return -1;
        }

        if (command.Cgroup is null)
        {
            return Pause;
        }

        var next = isTold ? wait.Most : wait.Most < Usual ? wait.Most : Usual;
        return next is { } time
            ? (int)Math.Clamp(Math.Ceiling((time - Stopwatch.GetElapsedTime(endedAt)).TotalMilliseconds), 0, int.MaxValue)
            : -1;
    }

    private unsafe void ReadNotes()
    {
        NativeLaunch.Note note;
        while (Libc.Read(notes, (byte*)&note, (nuint)sizeof(NativeLaunch.Note)) == sizeof(NativeLaunch.Note))
        {
            // While it runs, it is for the command to say what a signal means.
            if (note.Signal is Hangup or Interrupt or Quit or Terminate && ended.Task.IsCompleted)
            {
                stop();
            }
        }
    }
}
