using TraceCap.Format.Metadata;
using TraceCap.Recorder.Host;

namespace TraceCap.Recorder.Files;

/// <summary>Makes the files of a series, and deletes the oldest ones. A single file is a series too.</summary>
internal sealed class CaptureFiles
{
    /// <summary>Who takes more names than this in a row means harm.</summary>
    private const int MostAttempts = 100;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly bool force;
    private readonly IFileSystem fileSystem;
    private readonly Lock gate = new();
    private readonly List<string> made = [];
    private ulong? last;
    private string lastName = "";

    /// <summary>Nothing is done yet.</summary>
    /// <param name="pattern">Their names.</param>
    /// <param name="force">Whether a single file replaces one that is there already. Files of a series never do.</param>
    /// <param name="keep">How many files of the series there are at most, those of earlier recordings included; null for
    /// no limit.</param>
    public CaptureFiles(NamePattern pattern, bool force, int? keep)
        : this(pattern, force, keep, new HostFileSystem(new HeldFolder(pattern.Folder)))
    {
    }

    internal CaptureFiles(NamePattern pattern, bool force, int? keep, IFileSystem fileSystem)
    {
        Pattern = pattern;
        this.force = force && !pattern.IsSeries;
        Keep = keep;
        this.fileSystem = fileSystem;
    }

    /// <summary>How they are called.</summary>
    public NamePattern Pattern { get; }

    /// <summary>How many files of the series there are at most; null for no limit.</summary>
    internal int? Keep { get; }

    /// <summary>Whose files they are; null for those of the user that this process runs as.</summary>
    public UserAccount? Owner { get; init; }

    /// <summary>Creates the next file. Numbers go on from the highest of a capture of this user in the folder, and those that are taken,
    /// by whatever, are left out.</summary>
    /// <param name="realtime">Now, nanoseconds since 1970 UTC.</param>
    /// <returns>Null if this second has its file already, of this recording or another: a name without a number names
    /// one a second.</returns>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created by this user.</exception>
    internal NewFile? Create(ulong realtime)
    {
        var taken = 0ul;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var number = Pattern.HasNumber ? FindNumber(taken) : 0;
            var name = Pattern.Format(realtime, number);
            if (name == lastName)
            {
                return null;
            }

            if (TryCreate(name) is { } file)
            {
                (last, lastName) = (number, name);
                return file;
            }

            if (!Pattern.HasNumber)
            {
                return Pattern.HasTime ? null : throw new IOException($"{name} is there already; it is not overwritten");
            }

            taken = number;
        }

        throw new IOException($"{Pattern.Text}: another process creates every file of the series first; name a folder of your own");
    }

    /// <summary>Creates the next file, in the next second if this one has its file already.</summary>
    /// <param name="readClocks">Reads the clocks now.</param>
    /// <param name="clocks">When it was begun.</param>
    /// <inheritdoc cref="Create" path="/exception" />
    internal NewFile Await(Func<ClockAnchor> readClocks, out ClockAnchor clocks)
    {
        while (true)
        {
            clocks = readClocks();
            if (Create(clocks.Realtime) is { } file)
            {
                return file;
            }

            Thread.Sleep(PollInterval);
        }
    }

    /// <summary>Takes the last file back: nothing could be written to it. If it cannot be deleted it stays, and the next one
    /// has the next name.</summary>
    internal void Discard(NewFile file)
    {
        file.Dispose();
        try
        {
            fileSystem.Delete(file.Path);
            Forget(file.Path);
            last--;
            lastName = "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Says at once, not when the first file is wanted, that this user may not create files there.</summary>
    /// <exception cref="UnauthorizedAccessException">That.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public void CheckFolder()
    {
        var probe = Path.Combine(Pattern.Folder, Path.GetRandomFileName());
        fileSystem.Create(probe, force: false, owner: null)?.Dispose();
        fileSystem.Delete(probe);
    }

    /// <summary>Deletes the oldest captures of the series: of this recording in the order in which they were made, whatever the clock
    /// said then, and before them those of earlier ones, by their names. What is in use stays, and so does what is not this
    /// user's or no capture, and neither of these counts.</summary>
    /// <exception cref="IOException">The folder cannot be read, or a file not be deleted.</exception>
    internal void Prune()
    {
        if (Keep is not { } most)
        {
            return;
        }

        // Listed first: a file that is made meanwhile is not in the list, or known to be new.
        var listed = Pattern.FindFiles(fileSystem.List(Pattern.Folder)).ToList();
        var order = Made();
        var captures = listed
            .Select(paths => paths.Where(fileSystem.IsOwnCapture).ToArray())
            .Where(paths => paths.Length > 0)
            .OrderBy(paths => paths.Max(path => order.GetValueOrDefault(NamePattern.Unpacked(path), -1)))
            .ToList();
        foreach (var path in captures.Take(Math.Max(0, captures.Count - most)).SelectMany(paths => paths))
        {
            if (!fileSystem.IsInUse(path))
            {
                fileSystem.Delete(path);
                Forget(path);
            }
        }
    }

    /// <param name="taken">One that turned out to be taken, and all below it.</param>
    private ulong FindNumber(ulong taken)
    {
        var paths = fileSystem.List(Pattern.Folder).ToList();
        last ??= Pattern.FindHighestNumber(paths, fileSystem.IsOwnCapture);
        return Pattern.FindFreeNumber(paths, Math.Max(taken, last.Value));
    }

    /// <summary>It is known before it is there.</summary>
    private NewFile? TryCreate(string name)
    {
        Remember(name);
        NewFile? file = null;
        try
        {
            return file = fileSystem.Create(name, force, Owner);
        }
        finally
        {
            if (file is null)
            {
                Forget(name);
            }
        }
    }

    private void Remember(string path)
    {
        if (Keep is { } most)
        {
            lock (gate)
            {
                made.Add(Path.GetFullPath(path));
                // As many as are kept, and those in use, are enough to know their order.
                made.RemoveRange(0, Math.Max(0, made.Count - most - 2));
            }
        }
    }

    private void Forget(string path)
    {
        lock (gate)
        {
            made.Remove(Path.GetFullPath(path));
        }
    }

    private Dictionary<string, int> Made()
    {
        lock (gate)
        {
            return made.Select((path, place) => (path, place)).ToDictionary(file => file.path, file => file.place);
        }
    }
}
