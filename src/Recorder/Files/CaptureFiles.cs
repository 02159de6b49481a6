using TraceCap.Format;
using TraceCap.Recorder.Host;

namespace TraceCap.Recorder.Files;

/// <summary>Makes the files of a series, and deletes the oldest ones. A single file is a series too.</summary>
/// <param name="pattern">Their names.</param>
/// <param name="mode">What to do with files that are there already, as <see cref="DurableFileStream"/> does.</param>
/// <param name="keep">How many files of the series there are at most, those of earlier recordings included; null for
/// no limit.</param>
public sealed class CaptureFiles(NamePattern pattern, FileMode mode, int? keep)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private ulong? last;
    private string lastName = "";

    /// <summary>How they are called.</summary>
    public NamePattern Pattern => pattern;

    /// <summary>Whose files they are; null for those of the user that this process runs as.</summary>
    public UserAccount? Owner { get; init; }

    /// <summary>Creates the next file. Numbers go on from the highest one in the folder.</summary>
    /// <param name="realtime">Now, nanoseconds since 1970 UTC.</param>
    /// <returns>Null if this second has its file already, of this recording or another: a name without a number names
    /// one a second.</returns>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created by this user.</exception>
    public DurableFileStream? Create(ulong realtime)
    {
        var number = pattern.HasNumber ? (last ?? pattern.FindHighestNumber()) + 1 : 0;
        var name = pattern.Format(realtime, number);
        if (name == lastName || (pattern is { HasTime: true, HasNumber: false } && File.Exists(name)))
        {
            return null;
        }

        var file = new DurableFileStream(name, mode);
        if (Owner is { } owner)
        {
            file.GiveTo(owner);
        }

        (last, lastName) = (number, name);
        return file;
    }

    /// <summary>Creates the next file, in the next second if this one has its file already.</summary>
    /// <param name="readClocks">Reads the clocks now.</param>
    /// <param name="clocks">When it was begun.</param>
    /// <inheritdoc cref="Create" path="/exception" />
    public DurableFileStream Await(Func<ClockAnchor> readClocks, out ClockAnchor clocks)
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

    /// <summary>Takes the last file back: nothing could be written to it.</summary>
    public void Discard(DurableFileStream file)
    {
        file.Dispose();
        File.Delete(file.Path);
        last--;
        lastName = "";
    }

    /// <summary>Says at once, not when the first file is wanted, that this user may not create files there.</summary>
    /// <exception cref="UnauthorizedAccessException">That.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public void CheckFolder()
    {
        var probe = Path.Combine(pattern.Folder, Path.GetRandomFileName());
        File.Open(probe, FileMode.CreateNew).Dispose();
        File.Delete(probe);
    }

    /// <summary>Deletes the oldest files of the series.</summary>
    /// <exception cref="IOException">The folder cannot be read, or a file not be deleted.</exception>
    public void Prune()
    {
        if (keep is { } most)
        {
            foreach (var path in pattern.FindFiles().SkipLast(most).SelectMany(paths => paths))
            {
                File.Delete(path);
            }
        }
    }
}
