using System.Runtime.InteropServices;
using System.Text;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Launch;

/// <summary>
/// A process that becomes a command once recording has begun, in a cgroup of its own if there can be one. Beside it there is another one, which
/// keeps the rights that the recorder gives up: to send it signals, and to remove the cgroup.
/// </summary>
internal sealed class LaunchedCommand : IDisposable
{
    private const int NoSuchFile = 2;
    private const int Interrupted = 4;
    private const int IsFolder = 21;

    private readonly string name;
    private readonly CommandCgroup? cgroup;
    private readonly int pid;
    private readonly Descriptor go;
    private readonly Descriptor told;
    private Descriptor? orders;
    private Descriptor? answers;

    private LaunchedCommand(string name, CommandCgroup? cgroup, in NativeLaunch.Child child)
    {
        this.name = name;
        this.cgroup = cgroup;
        pid = child.Pid;
        Handle = new Descriptor(child.Handle);
        go = new Descriptor(child.Go);
        told = new Descriptor(child.Told);
    }

    /// <summary>The path of its cgroup in the cgroup2 hierarchy; null if it has none of its own.</summary>
    public string? Cgroup => cgroup?.Path;

    /// <summary>Why it has no cgroup of its own.</summary>
    public string Refusal { get; private init; } = "";

    /// <summary>Its id.</summary>
    public uint Process => (uint)pid;

    /// <summary>Whether it was let begin.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>How it ended itself, as shells say it: 128 and the number of a signal; null while it runs.</summary>
    internal int? ExitCode => NativeLaunch.ExitCode(pid) is var code and >= 0 ? code : null;

    /// <summary>Whether it, or what it has started, still runs, as far as its cgroup tells.</summary>
    internal bool IsRunning => cgroup is { IsPopulated: true };

    /// <summary>Wakes who waits for it once it has ended itself.</summary>
    internal Descriptor Handle { get; }

    /// <summary>Wakes who waits for it once all that it has started has ended; null without a cgroup.</summary>
    internal Descriptor? Events => cgroup?.Events;

    /// <summary>Makes its cgroup, starts the process and finds the program, as its user.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="words">The program and its arguments, each with a NUL at its end.</param>
    /// <param name="count">How many.</param>
    /// <param name="user">Whom it runs as.</param>
    /// <param name="closed">Bit by bit, which of the descriptors 0 to 2 it is to find closed.</param>
    /// <exception cref="LaunchException">There is no such program, or the user may not run it.</exception>
    /// <exception cref="ProbeException">It cannot be that user; or it can have no cgroup, and its processes not be followed.</exception>
    public static LaunchedCommand Prepare(string name, byte[] words, int count, CommandUser user, int closed)
    {
        var cgroup = CommandCgroup.Make(out var refusal);
        if (cgroup is null && PidNamespace.Own() != 0)
        {
            throw new ProbeException(
                $"the command needs a cgroup of its own, and none could be made: {refusal}; and in this PID namespace its processes cannot be followed by the numbers that the kernel has for them");
        }

        LaunchedCommand? command = null;
        try
        {
            command = new LaunchedCommand(name, cgroup, Fork(words, count, user, cgroup, closed)) { Refusal = refusal };
            command.Attend();
            command.ThrowIfFailed();
            return command;
        }
        catch
        {
            command?.Dispose();
            cgroup?.Remove();
            cgroup?.Dispose();
            throw;
        }
    }

    /// <summary>Lets it begin.</summary>
    /// <exception cref="LaunchException">The program cannot be run.</exception>
    public unsafe void Begin()
    {
        byte any = 1;
        // Nobody reads it if a signal has ended the process meanwhile; then it has ended as the command would have.
        _ = Libc.Write(go, &any, 1);
        ThrowIfFailed();
        HasBegun = true;
    }

    /// <summary>Sends signals on to it from now on.</summary>
    /// <param name="signals">Their numbers.</param>
    /// <returns>Gives a <see cref="NativeLaunch.Note"/> for each that comes; reads do not wait.</returns>
    internal Descriptor Relay(ReadOnlySpan<byte> signals) => NativeLaunch.Relay(signals, signals.Length, pid, orders!, out var notes) == 0
        ? new Descriptor(notes)
        : throw ProbeException.FromErrno("signals cannot be sent on to the command", Marshal.GetLastPInvokeError());

    /// <summary>One that was not let begin ends. The cgroup goes once it is empty, which may be later.</summary>
    public void Dispose()
    {
        go.Dispose();
        if (!HasBegun)
        {
            using var ended = new WaitSet();
            ended.Add(Handle);
            ended.Wait(-1);
        }

        orders?.Dispose();
        if (answers is not null)
        {
            _ = Read<byte>(answers, out _);
            answers.Dispose();
        }

        told.Dispose();
        Handle.Dispose();
        cgroup?.Dispose();
    }

    private static unsafe NativeLaunch.Child Fork(byte[] words, int count, CommandUser user, CommandCgroup? cgroup, int closed)
    {
        var variables = user.Variables.ToArray();
        fixed (byte* arguments = words, changed = Encoding.UTF8.GetBytes(string.Concat(variables.Select(text => text + '\0')) + '\0'),
            account = user.Account is null ? null : Encoding.UTF8.GetBytes(user.Account.Name + '\0'))
        {
            var launch = new NativeLaunch.Launch
            {
                Arguments = arguments,
                ArgumentCount = count,
                Variables = changed,
                VariableCount = variables.Length,
                User = account,
                Uid = user.Uid,
                Gid = user.Gid,
                Procs = cgroup?.Procs.Number ?? -1,
                Closed = closed,
            };
            return NativeLaunch.Begin(in launch, out var child) == 0
                ? child
                : throw ProbeException.FromErrno("no process could be made for the command", Marshal.GetLastPInvokeError());
        }
    }

    private void Attend()
    {
        if (NativeLaunch.Attend(pid, cgroup?.Folder ?? "", cgroup?.Events ?? Handle, out var attendant) != 0)
        {
            throw ProbeException.FromErrno("no process could be made beside the command", Marshal.GetLastPInvokeError());
        }

        orders = new Descriptor(attendant.Orders);
        answers = new Descriptor(attendant.Answers);
    }

    /// <summary>Waits until the process tells how far it came, or has become the command.</summary>
    private void ThrowIfFailed()
    {
        if (Read(told, out NativeLaunch.Report report) && report.Error != 0)
        {
            var reason = Marshal.GetPInvokeErrorMessage(report.Error);
            throw report.Step switch
            {
                NativeLaunch.Step.Join => new ProbeException($"the command cannot be put into its cgroup {cgroup?.Folder}: {reason}"),
                NativeLaunch.Step.User => new ProbeException($"the command cannot become its user: {reason}"),
                NativeLaunch.Step.Find when report.Error == NoSuchFile => new LaunchException(
                    $"{name}: there is no such program{(name.Contains('/', StringComparison.Ordinal) ? "" : " in PATH")}", LaunchException.NotFound),
                NativeLaunch.Step.Find when report.Error == IsFolder => new LaunchException($"{name} is a folder, not a program", LaunchException.NotExecutable),
                _ => new LaunchException($"{name} cannot be run: {reason}", LaunchException.NotExecutable),
            };
        }
    }

    /// <returns>False at the end.</returns>
    private static unsafe bool Read<T>(Descriptor from, out T value)
        where T : unmanaged
    {
        fixed (T* pointer = &value)
        {
            nint length;
            while ((length = Libc.Read(from, (byte*)pointer, (nuint)sizeof(T))) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
            }

            return length == sizeof(T);
        }
    }
}
