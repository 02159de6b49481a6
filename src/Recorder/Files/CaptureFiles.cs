using TraceCap.Format.Metadata;
using TraceCap.Recorder.Host;

namespace TraceCap.Recorder.Files;

/// <summary>Makes the files of a series, and deletes the oldest ones. A single file is a series too.</summary>
internal sealed class CaptureFiles
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly FileMode mode;
    private readonly int? keep;
    private readonly IFileSystem fileSystem;
    private ulong? last;
    private string lastName = "";

    /// <summary>Nothing is done yet.</summary>
    /// <param name="pattern">Their names.</param>
    /// <param name="mode">What to do if there is a file of that name already: <see cref="FileMode.CreateNew"/>: fail;
    /// <see cref="FileMode.Create"/>: delete it; <see cref="FileMode.Open"/>: write into it, which is a pipe or a device.</param>
    /// <param name="keep">How many files of the series there are at most, those of earlier recordings included; null for
    /// no limit.</param>
    public CaptureFiles(NamePattern pattern, FileMode mode, int? keep)
        : this(pattern, mode, keep, new HostFileSystem())
    {
    }

    internal CaptureFiles(NamePattern pattern, FileMode mode, int? keep, IFileSystem fileSystem)
    {
        Pattern = pattern;
        this.mode = mode;
        this.keep = keep;
        this.fileSystem = fileSystem;
    }

    /// <summary>How they are called.</summary>
    public NamePattern Pattern { get; }

    /// <summary>Whose files they are; null for those of the user that this process runs as.</summary>
    public UserAccount? Owner { get; init; }

    /// <summary>Creates the next file. Numbers go on from the highest one in the folder.</summary>
    /// <param name="realtime">Now, nanoseconds since 1970 UTC.</param>
    /// <returns>Null if this second has its file already, of this recording or another: a name without a number names
    /// one a second.</returns>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created by this user.</exception>
    internal NewFile? Create(ulong realtime)
    {
        var number = Pattern.HasNumber ? (last ?? Pattern.FindHighestNumber(fileSystem.List(Pattern.Folder))) + 1 : 0;
        var name = Pattern.Format(realtime, number);
        if (name == lastName || (Pattern is { HasTime: true, HasNumber: false } && fileSystem.Exists(name)))
        {
            return null;
        }

        var file = fileSystem.Create(name, mode, Owner);
        (last, lastName) = (number, name);
        return file;
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
    /// has the next name. A pipe or a device was there before, and stays.</summary>
    internal void Discard(NewFile file)
    {
        file.Dispose();
        if (mode == FileMode.Open)
        {
            return;
        }

        try
        {
            fileSystem.Delete(file.Path);
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
        fileSystem.Create(probe, FileMode.CreateNew, owner: null).Dispose();
        fileSystem.Delete(probe);
    }

    /// <summary>Deletes the oldest files of the series.</summary>
    /// <exception cref="IOException">The folder cannot be read, or a file not be deleted.</exception>
    internal void Prune()
    {
        if (keep is { } most)
        {
            foreach (var path in Pattern.FindFiles(fileSystem.List(Pattern.Folder)).SkipLast(most).SelectMany(paths => paths))
            {
                fileSystem.Delete(path);
            }
        }
    }
}
