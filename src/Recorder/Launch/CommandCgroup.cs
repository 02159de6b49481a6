using System.Runtime.InteropServices;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Launch;

/// <summary>
/// A cgroup of its own for a command: what a process in it starts is in it too, whatever it does to become independent.
/// It lies below the recorder's own, so that what bounds the recorder bounds the command; where processes may not be
/// there, as near above as they may. Who attends the command removes it.
/// </summary>
internal sealed class CommandCgroup : IDisposable
{
    private const uint FolderMode = 0x1ED; // rwxr-xr-x
    private const int Exists = 17;
    private const string Domain = "domain";

    private readonly string root;

    private CommandCgroup(string root, string path)
    {
        this.root = root;
        Path = path;
        Events = Libc.Open(Folder + "/cgroup.events", Libc.ReadOnly | Libc.CloseOnExec);
        Procs = Libc.Open(Folder + "/cgroup.procs", Libc.WriteOnly | Libc.CloseOnExec);
    }

    /// <summary>Its path in the cgroup2 hierarchy.</summary>
    internal string Path { get; }

    /// <summary>Its folder.</summary>
    internal string Folder => root + Path;

    /// <summary>Wakes who waits for it whenever the first process comes or the last one has ended.</summary>
    internal Descriptor Events { get; }

    /// <summary>Takes processes.</summary>
    internal Descriptor Procs { get; }

    /// <summary>Whether a process is in it, or below it. Asked of what is open: the command may close its folder to everybody.</summary>
    internal unsafe bool IsPopulated
    {
        get
        {
            const int Longest = 256;
            var text = stackalloc byte[Longest];
            var length = Libc.ReadAt(Events, text, Longest, 0);
            return length > 0 && new ReadOnlySpan<byte>(text, (int)length).IndexOf("populated 1"u8) >= 0;
        }
    }

    /// <summary>Makes one.</summary>
    /// <param name="refusal">Why there is none.</param>
    /// <returns>Null if there is no place where this user may.</returns>
    internal static CommandCgroup? Make(out string refusal)
    {
        var root = Cgroups.FindRoot();
        refusal = "";
        for (var above = Own(root); ; above = above[..above.LastIndexOf('/')])
        {
            if (TryMake(root, above, ref refusal) is { } made)
            {
                return made;
            }

            if (above.Length == 0)
            {
                return null;
            }
        }
    }

    /// <summary>Closes it; it is still there.</summary>
    public void Dispose()
    {
        Events.Dispose();
        Procs.Dispose();
    }

    /// <summary>Removes it: no process has come.</summary>
    internal void Remove() => _ = Libc.RemoveFolder(Folder);

    /// <summary>The cgroup of this process; empty for the root, and if it is outside of what can be seen.</summary>
    private static string Own(string root)
    {
        const string Begin = "0::";
        var path = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith(Begin, StringComparison.Ordinal))?[Begin.Length..].TrimEnd('/') ?? "";
        return Directory.Exists(root + path) && !path.Contains("/..", StringComparison.Ordinal) ? path : "";
    }

    /// <summary>Makes it below one that is there, unless the kernel allows no processes in it.</summary>
    private static CommandCgroup? TryMake(string root, string above, ref string refusal)
    {
        var path = $"{above}/tracecap-{Environment.ProcessId}";
        for (var number = 2; Libc.MakeFolder(root + path, FolderMode) != 0; number++)
        {
            if (Marshal.GetLastPInvokeError() is var error and not Exists)
            {
                refusal = Told($"{root}{above}: {Marshal.GetPInvokeErrorMessage(error)}", refusal);
                return null;
            }

            // One that another recorder has left, or one of another PID namespace has.
            path = $"{above}/tracecap-{Environment.ProcessId}-{number}";
        }

        var made = new CommandCgroup(root, path);
        if (TypeOf(made.Folder) is var type && type == Domain && !made.Events.IsInvalid && !made.Procs.IsInvalid)
        {
            return made;
        }

        refusal = Told(type == Domain ? $"{made.Folder} cannot be opened" : $"{root}{above} takes threads only", refusal);
        made.Dispose();
        made.Remove();
        return null;
    }

    /// <summary>What was refused first, nearest to the recorder, is what can be changed.</summary>
    private static string Told(string now, string before) => before.Length > 0 ? before : now;

    private static string TypeOf(string folder)
    {
        try
        {
            return File.ReadAllText(folder + "/cgroup.type").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
