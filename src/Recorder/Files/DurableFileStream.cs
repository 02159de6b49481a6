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
    private readonly Thread syncing;
    private readonly ManualResetEventSlim ending = new();
    private bool isNamedOnDisk;
    private volatile bool dirty;
    private volatile IOException? failure;

    /// <summary>Creates the file with mode 0600.</summary>
    /// <param name="path">Where.</param>
    /// <param name="mode">What to do if something is there already: <see cref="FileMode.CreateNew"/>: throw;
    /// <see cref="FileMode.Create"/>: delete it first, so that neither its mode nor what a link names is taken over, and
    /// whoever still writes to it does not spoil this one; <see cref="FileMode.Open"/>: write into it, which is a pipe or
    /// a device.</param>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written by this user.</exception>
    internal DurableFileStream(string path, FileMode mode)
    {
        if (mode == FileMode.Create)
        {
            File.Delete(path);
            mode = FileMode.CreateNew;
        }

        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (mode == FileMode.CreateNew && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        Path = path;
        try
        {
            file = new FileStream(path, options);
        }
        catch (IOException error) when (error.GetType() == typeof(IOException))
        {
            throw FileFailure.Explain(path, error);
        }

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

    /// <inheritdoc />
    /// <exception cref="IOException">The disk is full, or failed since the last write, or the file was deleted.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfFailed();
        try
        {
            file.Write(buffer);
        }
        catch (IOException error)
        {
            throw FileFailure.Explain(Path, error);
        }

        dirty = true;
    }

    /// <inheritdoc />
    internal override void ThrowIfFailed()
    {
        if (failure is { } earlier)
        {
            throw earlier is FileDeletedException ? new FileDeletedException(Path) : new IOException(earlier.Message, earlier);
        }
    }

    /// <inheritdoc />
    internal override void CutTo(long length)
    {
        failure = null;
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
            Libc.SyncFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
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
                    throw new FileDeletedException(Path);
                }

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
