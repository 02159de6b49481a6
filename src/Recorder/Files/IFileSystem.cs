using TraceCap.Recorder.Host;

namespace TraceCap.Recorder.Files;

/// <summary>What a series of captures needs of a file system. All of it throws an <see cref="IOException"/> or an
/// <see cref="UnauthorizedAccessException"/> if it is not possible.</summary>
internal interface IFileSystem
{
    /// <summary>Creates a file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="mode">What to do if something is there already, see <see cref="DurableFileStream"/>.</param>
    /// <param name="owner">Whose it is; null for the user that this process runs as.</param>
    NewFile Create(string path, FileMode mode, UserAccount? owner);

    /// <summary>Whether there is a file.</summary>
    bool Exists(string path);

    /// <summary>The paths of all files in a folder, in any order.</summary>
    IEnumerable<string> List(string folder);

    /// <summary>Deletes a file, if it is there.</summary>
    void Delete(string path);
}

/// <summary>The file system of this host.</summary>
internal sealed class HostFileSystem : IFileSystem
{
    /// <inheritdoc />
    public NewFile Create(string path, FileMode mode, UserAccount? owner)
    {
        var file = new DurableFileStream(path, mode);
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
            throw;
        }
    }

    /// <inheritdoc />
    public bool Exists(string path) => File.Exists(path);

    /// <inheritdoc />
    public IEnumerable<string> List(string folder) => Directory.EnumerateFiles(folder);

    /// <inheritdoc />
    public void Delete(string path) => File.Delete(path);
}
