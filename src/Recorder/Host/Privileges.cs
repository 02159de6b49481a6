using System.Globalization;
using System.Runtime.InteropServices;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>
/// What this process may do. Attaching probes takes capabilities; reading what they record takes none: the descriptors
/// that were opened before are enough.
/// </summary>
internal static partial class Privileges
{
    private const int SetGid = 6;
    private const int SetUid = 7;
    private const int SetPcap = 8;
    private const int Bpf = 39;
    private const int KeepCapabilities = 8;
    private const int NoThread = 0;

    /// <summary>How long threads have to give up what they can do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gives up, for good and in every thread, all capabilities (effective, permitted, inheritable, ambient, bounding)
    /// and the way to new ones (no_new_privs); and becomes another user before, if there is one to become. Before Linux
    /// 6.0 CAP_BPF stays, without which the kernel may not tell how often it skipped a probe.
    /// </summary>
    /// <param name="user">Whom to become; null to stay who one is.</param>
    /// <exception cref="ProbeException">It is not possible; nothing is recorded with more privileges than wanted.</exception>
    public static void Drop(UserAccount? user)
    {
        var needed = HostFacts.ReadKernelVersion() < new Version(6, 0) ? Mask(Bpf) : 0;
        if (user is not null)
        {
            if (!Environment.IsPrivilegedProcess)
            {
                throw new ProbeException($"only root can become another user; leave out --user {user.Name}, or run it with sudo");
            }

            // Becoming another user takes all capabilities with it, but what this thread asks to keep.
            _ = Libc.ControlThread(KeepCapabilities, 1, 0, 0, 0);
            Relinquish(needed | Mask(SetGid) | Mask(SetUid));
            Check(Libc.SetGroupsOf(user.Name, user.Gid), user);
            Check(Libc.SetGroup(user.Gid, user.Gid, user.Gid), user);
            Check(Libc.SetUser(user.Uid, user.Uid, user.Uid), user);
        }

        Relinquish(needed);
    }

    /// <summary>Says before there is anything to give up that it cannot be: not every build has the native code that does it.</summary>
    /// <exception cref="DllNotFoundException">This one has none.</exception>
    internal static void Check() => _ = Relinquish(NoThread, ulong.MaxValue);

    private static ulong Mask(int capability) => 1ul << capability;

    private static void Check(int result, UserAccount user)
    {
        if (result != 0)
        {
            throw ProbeException.FromErrno($"cannot become {user.Name}", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Asks every thread until every thread has done it: new ones inherit from those that began them.</summary>
    private static void Relinquish(ulong keep)
    {
        var deadline = Clocks.Monotonic() + (ulong)Patience.TotalNanoseconds;
        var asked = new HashSet<int>();
        var waiting = default(SpinWait);
        while (Threads().Where(thread => HasMore(thread, keep)).ToList() is { Count: > 0 } threads)
        {
            foreach (var thread in threads.Where(asked.Add))
            {
                // A thread that ended meanwhile has nothing left to give up.
                _ = NumberHere(thread) is { } number ? Relinquish(number, keep) : 0;
            }

            if (Clocks.Monotonic() > deadline)
            {
                throw new ProbeException("capabilities could not be given up; nothing is recorded with more privileges than it takes");
            }

            waiting.SpinOnce();
        }
    }

    private static IEnumerable<int> Threads() =>
        Directory.EnumerateDirectories("/proc/self/task").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));

    private static bool HasMore(int thread, ulong keep)
    {
        try
        {
            var status = ReadStatus(thread);
            var permitted = Read(status, "CapPrm");
            // Only with CAP_SETPCAP can the bounding set be made smaller; without it, no_new_privs makes it void.
            var bounding = (permitted & Mask(SetPcap)) != 0 ? Read(status, "CapBnd") : 0;
            return (permitted & ~keep) != 0 || (bounding | Read(status, "CapInh") | Read(status, "CapAmb")) != 0 || Read(status, "NoNewPrivs") != 1;
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return false;
        }
    }

    /// <summary>The number that system calls know a thread by: /proc may be of a PID namespace above this one, and tells both.</summary>
    private static int? NumberHere(int thread)
    {
        try
        {
            return (int)ProcessStatus.Parse(ReadStatus(thread)).Pids[^1];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string ReadStatus(int thread) => File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/status"));

    private static ulong Read(string status, string field) => ulong.Parse(
        status.Split('\n').Single(line => line.StartsWith(field + ':', StringComparison.Ordinal)).AsSpan(field.Length + 1).Trim(),
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);

    [LibraryImport("libtracecap_native", EntryPoint = "tracecap_relinquish", SetLastError = true)]
    private static partial int Relinquish(int thread, ulong keep);
}
