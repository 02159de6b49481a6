using TraceCap.Format.Metadata;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Cli.Completion;

/// <summary>What runs on this host.</summary>
internal static class NamesOfHost
{
    /// <summary>Paths of cgroups that are of a unit or a container: all whose path, unit or container begins as it was typed.</summary>
    internal static ValueSource Cgroups { get; } = new(request => Tried(() =>
    {
        var root = Recorder.Host.Cgroups.FindRoot();
        return Directory.EnumerateDirectories(root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Select(folder => new CgroupName(folder[root.Length..]))
            .Where(cgroup => cgroup.Unit is not null || cgroup.Container is not null || request.Typed.StartsWith('/'))
            .Where(cgroup => new[] { cgroup.Path, cgroup.Unit, cgroup.Container }.Any(name => name?.StartsWith(request.Typed, StringComparison.Ordinal) == true))
            .Select(cgroup => new Candidate(cgroup.Path, NamesOfCaptures.MeaningOf(cgroup)))
            .OrderBy(one => one.Text, StringComparer.Ordinal);
    }))
    {
        AreChosen = true,
    };

    /// <summary>Numbers of processes.</summary>
    internal static ValueSource Processes { get; } = new(_ => Running().OrderBy(one => one.Pid).Select(one => new Candidate($"{one.Pid}", one.Name)));

    /// <summary>Names of processes, which are those of their first threads.</summary>
    internal static ValueSource ProcessNames { get; } = new(_ => Running().Select(one => one.Name).Distinct().Order(StringComparer.Ordinal).Select(name => new Candidate(name)));

    private static (uint Pid, string Name)[] Running() => Tried(() =>
    {
        var proc = ProcFolder.Find();
        return proc.Processes().Select(pid => (Pid: pid, Name: NameOf(proc.Of(pid)))).Where(one => one.Name.Length > 0);
    });

    private static string NameOf(string folder) => Tried<string>(() => [File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd('\n')]).FirstOrDefault("");

    /// <summary>What a host does not show, or has no more, is no candidate.</summary>
    private static T[] Tried<T>(Func<IEnumerable<T>> read)
    {
        try
        {
            return [.. read()];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DllNotFoundException or ProbeException)
        {
            return [];
        }
    }
}
