using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Files;

/// <summary>What a series of captures needs of a file system. All of it throws an <see cref="IOException"/> or an
/// <see cref="UnauthorizedAccessException"/> if it is not possible.</summary>
internal interface IFileSystem
{
    /// <summary>Creates a file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="force">Whether a file or a link that is there already is deleted first, so that neither its mode nor what the link names
    /// is taken over, and whoever still writes to it does not spoil this one.</param>
    /// <param name="owner">Whose it is; null for the user that this process runs as.</param>
    /// <returns>Null if something is there already.</returns>
    NewFile? Create(string path, bool force, UserAccount? owner);

    /// <summary>The paths of all that is in a folder, in any order.</summary>
    IEnumerable<string> List(string folder);

    /// <summary>Whether a file is a capture and belongs to the user that this process runs as.</summary>
    bool IsOwnCapture(string path);

    /// <summary>Whether a process writes or reads it.</summary>
    bool IsInUse(string path);

    /// <summary>Deletes a file, if it is there.</summary>
    void Delete(string path);
}

/// <summary>The file system of this host.</summary>
internal sealed class HostFileSystem : IFileSystem
{
    /// <inheritdoc />
    public NewFile? Create(string path, bool force, UserAccount? owner)
    {
        if (force && IsReplaceable(path))
        {
            File.Delete(path);
        }

        if (DurableFileStream.Create(path) is not { } file)
        {
            return null;
        }

        try
        {
            if (owner is not null)
            {
                file.GiveTo(owner);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <inheritdoc />
    public IEnumerable<string> List(string folder) => Directory.EnumerateFileSystemEntries(folder);

    /// <inheritdoc />
    public bool IsOwnCapture(string path) => FileClaim.IsOwnCapture(path);

    /// <inheritdoc />
    public bool IsInUse(string path) => FileClaim.IsInUse(path);

    /// <inheritdoc />
    public void Delete(string path) => File.Delete(path);

    /// <summary>A pipe, a device or a socket is nobody's file.</summary>
    private static bool IsReplaceable(string path) => OperatingSystem.IsLinux() && FileCalls.TypeAt(path) is FileCalls.Regular or FileCalls.Link;
}
