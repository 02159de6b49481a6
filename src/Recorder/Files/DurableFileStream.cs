using System.Runtime.InteropServices;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Files;

/// <summary>
/// A new file, for its owner only, whose content is brought to the disk about once a second by a thread of its own: so
/// a power cut loses a second or two, and recording never waits for the disk.
/// </summary>
internal sealed class DurableFileStream : NewFile
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    private readonly FileStream file;
    private readonly string folder;
    private readonly Thread syncing;
    private readonly ManualResetEventSlim ending = new();
    private long written;
    private bool isNamedOnDisk;
    private volatile bool dirty;
    private volatile IOException? failure;

    private DurableFileStream(string path, string folder, FileStream file)
    {
        Path = path;
        this.folder = folder;
        this.file = file;
        syncing = new Thread(SyncUntilEnd) { IsBackground = true, Name = "sync" };
        syncing.Start();
    }

    /// <inheritdoc />
    internal override string Path { get; }

    /// <inheritdoc />
    public override long Length => file.Length;

    /// <inheritdoc />
    public override long Position
    {
        get => file.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>Creates the file with mode 0600, and nothing else: a link is not followed.</summary>
    /// <param name="path">What the user calls it.</param>
    /// <param name="here">The path that leads there.</param>
    /// <returns>Null if something is there already.</returns>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created by this user.</exception>
    internal static DurableFileStream? Create(string path, string here)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new DurableFileStream(path, System.IO.Path.GetDirectoryName(here)!, new FileStream(here, options));
        }
        catch (IOException error) when (FileFailure.IsAlreadyThere(error))
        {
            return null;
        }
    }

    /// <inheritdoc />
    /// <exception cref="IOException">The disk is full, or failed since the last write, or the file was deleted or made shorter.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfFailed();
        try
        {
            file.Write(buffer);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw FileFailure.ExplainTooLarge(Path);
        }
        catch (IOException error)
        {
            throw FileFailure.Explain(Path, error);
        }

        Interlocked.Exchange(ref written, file.Position);
        dirty = true;
    }

    /// <inheritdoc />
    internal override void ThrowIfFailed()
    {
        if (failure is { } earlier)
        {
            throw earlier is FileSpoiledException ? new FileSpoiledException(earlier.Message) : new IOException(earlier.Message, earlier);
        }

        ThrowIfShorter();
    }

    /// <inheritdoc />
    internal override void CutTo(long length)
    {
        failure = null;
        Interlocked.Exchange(ref written, length);
        file.SetLength(length);
        file.Position = length;
    }

    /// <summary>Makes another user its owner.</summary>
    /// <exception cref="IOException">It is not possible.</exception>
    internal void GiveTo(UserAccount user)
    {
        if (Libc.ChangeOwner(file.SafeFileHandle, user.Uid, user.Gid) != 0)
        {
            throw new IOException($"{Path} cannot be given to {user.Name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <inheritdoc />
    internal override void Finish()
    {
        EndSyncing();
        ThrowIfFailed();
        BringToDisk();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            EndSyncing();
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Another process cut it: what is written behind its end leaves a hole that no reader gets over.</summary>
    private void ThrowIfShorter()
    {
        long known, length;
        do
        {
            // In this order: what is written meanwhile makes the file longer than what is known. Only a cut of our own makes it shorter.
            known = Interlocked.Read(ref written);
            length = RandomAccess.GetLength(file.SafeFileHandle);
        }
        while (length < known && Interlocked.Read(ref written) != known);
        if (length < known)
        {
            throw new FileSpoiledException(FormattableString.Invariant($"{Path} was cut to {length:N0} bytes by another process"));
        }
    }

    private void EndSyncing()
    {
        ending.Set();
        syncing.Join();
    }

    private void BringToDisk()
    {
        try
        {
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }
        catch (IOException error)
        {
            throw FileFailure.Explain(Path, error);
        }

        // The file's name is content of the folder.
        if (!isNamedOnDisk)
        {
            Libc.SyncFolder(folder);
            isNamedOnDisk = true;
        }
    }

    private void SyncUntilEnd()
    {
        while (!ending.Wait(SyncInterval))
        {
            try
            {
                if (Libc.CountLinks(file.SafeFileHandle) == 0)
                {
                    throw FileSpoiledException.Deleted(Path);
                }

                ThrowIfShorter();

                if (dirty)
                {
                    dirty = false;
                    BringToDisk();
                }
            }
            catch (IOException error)
            {
                failure = error;
                return;
            }
        }
    }
}
