using System.Globalization;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>
/// The folder with the processes. It has the numbers of one PID namespace, of which it was mounted; processes outside of that
/// are not in it. The one that is taken is the outermost that is mounted: best the host's, whose numbers events have.
/// </summary>
/// <param name="Path">Where it is mounted: usually /proc.</param>
/// <param name="IsHosts">Whether it has the host's numbers, and so all processes.</param>
/// <param name="HasOwnNumbers">Whether it has the numbers that this process and its user have for processes.</param>
internal sealed record ProcFolder(string Path, bool IsHosts, bool HasOwnNumbers)
{
    /// <summary>Finds the best one.</summary>
    internal static ProcFolder Find()
    {
        const string Usual = "/proc";
        if (NamespaceLinks.IsHostsPid(NamespaceLinks.TryInodeOf(Usual + "/self/ns/pid")))
        {
            return new ProcFolder(Usual, IsHosts: true, HasOwnNumbers: true);
        }

        var (best, levels) = (Usual, 0);
        foreach (var mounted in Mounts.OfType("proc").Prepend(Usual))
        {
            if (LevelsOf(mounted + "/self") is var more && more > levels)
            {
                (best, levels) = (mounted, more);
            }
        }

        var found = new ProcFolder(best, IsHosts: false, HasOwnNumbers: levels <= 1);
        return found with { IsHosts = NamespaceLinks.IsHostsPid(found.FindNamespace()) };
    }

    /// <summary>The processes, by their numbers here.</summary>
    internal IEnumerable<uint> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path))
        {
            if (uint.TryParse(System.IO.Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                yield return pid;
            }
        }
    }

    /// <summary>The folder of a process.</summary>
    internal string Of(uint pid) => string.Create(CultureInfo.InvariantCulture, $"{Path}/{pid}");

    /// <summary>The number here of a process that a user of this process's PID namespace means; null if there is none.</summary>
    internal uint? NumberOf(uint own)
    {
        if (HasOwnNumbers)
        {
            return own;
        }

        const string Field = "Pid:";
        using var process = Libc.OpenProcess(own);
        return process.IsInvalid
            ? null
            : uint.Parse(
                File.ReadLines($"{Path}/self/fdinfo/{System.IO.Path.GetFileName(process.Path)}")
                    .First(line => line.StartsWith(Field, StringComparison.Ordinal)).AsSpan(Field.Length).Trim(),
                NumberStyles.None,
                CultureInfo.InvariantCulture);
    }

    /// <summary>The PID namespace whose numbers these are: that of a process which has no other number; 0 if none may be looked at.</summary>
    private uint FindNamespace() => Processes()
        .Where(pid => LevelsOf(Of(pid)) == 1)
        .Select(pid => NamespaceLinks.TryInodeOf(Of(pid) + "/ns/pid"))
        .FirstOrDefault(inode => inode != 0);

    /// <summary>How many numbers a process has from there inward; 0 if there is none.</summary>
    private static int LevelsOf(string folder)
    {
        try
        {
            return ProcessStatus.Parse(File.ReadAllText(folder + "/status")).Pids.Count;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
