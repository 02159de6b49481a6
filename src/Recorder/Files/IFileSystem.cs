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

/// <summary>The file system of this host, in one folder.</summary>
/// <param name="folder">Where all files are, whatever else their paths lead to later.</param>
internal sealed class HostFileSystem(HeldFolder folder) : IFileSystem
{
    /// <inheritdoc />
    public NewFile? Create(string path, bool force, UserAccount? owner) => Do(path, here =>
    {
        if (force && IsReplaceable(here))
        {
            File.Delete(here);
        }

        if (DurableFileStream.Create(path, here) is not { } file)
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
            File.Delete(here);
            throw;
        }
    });

    /// <inheritdoc />
    public IEnumerable<string> List(string folder) =>
        Do(Path.Combine(folder, "."), here => Directory.GetFileSystemEntries(here).Select(entry => Path.Combine(folder, Path.GetFileName(entry))).ToList());

    /// <inheritdoc />
    public bool IsOwnCapture(string path) => Do(path, FileClaim.IsOwnCapture);

    /// <inheritdoc />
    public bool IsInUse(string path) => Do(path, FileClaim.IsInUse);

    /// <inheritdoc />
    public void Delete(string path) => Do(path, here =>
    {
        File.Delete(here);
        return true;
    });

    /// <summary>Does it where the file really is, and has what went wrong named as the user knows it.</summary>
    private T Do<T>(string path, Func<string, T> action)
    {
        var here = folder.Find(Path.GetFileName(path));
        try
        {
            return action(here);
        }
        catch (Exception error) when (FileFailure.Named(path, error) is var named && named != error)
        {
            throw named;
        }
    }

    /// <summary>A pipe, a device or a socket is nobody's file.</summary>
    private static bool IsReplaceable(string path) => OperatingSystem.IsLinux() && FileCalls.TypeAt(path) is FileCalls.Regular or FileCalls.Link;
}
