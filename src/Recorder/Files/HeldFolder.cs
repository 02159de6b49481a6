using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Files;

/// <summary>
/// A folder that is found once and then held: who may rename it, or something above it, and puts a link in its place, leads
/// nobody elsewhere. Once it is deleted, the one that is made anew at its path takes its place, if it belongs to the same user.
/// </summary>
/// <param name="path">Where it is.</param>
internal sealed class HeldFolder(string path) : IDisposable
{
    private readonly Lock gate = new();
    private Descriptor? held;
    private uint owner;

    /// <summary>Its path, as the user knows it.</summary>
    internal string Path => path;

    /// <summary>The path that leads to a file in it, for this process.</summary>
    /// <param name="name">The file, without a folder.</param>
    /// <exception cref="IOException">There is no such folder, or another one.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not look for it.</exception>
    internal string Find(string name) => System.IO.Path.Combine(Find(), name);

    /// <summary>The path that leads to it, for this process.</summary>
    /// <inheritdoc cref="Find(string)" path="/exception" />
    internal string Find()
    {
        if (!OperatingSystem.IsLinux())
        {
            return path;
        }

        lock (gate)
        {
            if (held is null || Libc.CountLinks(held) == 0)
            {
                Hold();
            }

            return held!.Path;
        }
    }

    /// <summary>Lets it go; the paths lead nowhere then.</summary>
    public void Dispose() => held?.Dispose();

    private void Hold()
    {
        using var found = Libc.Open(path, Libc.OnlyPath | Libc.Directory | Libc.CloseOnExec);
        if (found.IsInvalid || FileCalls.StatusOf(found) is not { } status)
        {
            throw new DirectoryNotFoundException($"{path}: there is no such folder{(held is null ? "" : " any more")}, or this user may not enter it");
        }

        if (held is not null && status.User != owner)
        {
            throw new IOException(FormattableString.Invariant($"{path} was deleted, and what is there now belongs to another user: {status.User}, not {owner}"));
        }

        owner = status.User;
        if (held is null)
        {
            held = Libc.Duplicate(found.Number);
        }
        else
        {
            // Under the same number: who has the path of the one before must not be led anywhere else.
            Libc.Replace(held, found);
        }
    }
}
