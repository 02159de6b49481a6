using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Files;

/// <summary>Files in folders of their own below one: all appear under their names once all are complete.</summary>
/// <param name="root">The folder; is made if it is not there.</param>
/// <param name="name">What each file is called.</param>
/// <param name="force">Whether files that are there already are replaced.</param>
/// <param name="inputs">What they are made of; none of it is ever replaced.</param>
internal sealed class PartitionFolder(string root, string name, bool force, string[] inputs) : IDisposable
{
    private readonly List<ResultOutput> files = [];

    /// <summary>Begins the file of a folder.</summary>
    /// <param name="folder">Below the root.</param>
    /// <exception cref="CommandException">It is there already, or cannot be made.</exception>
    internal Stream Open(string folder)
    {
        var path = Path.Combine(root, folder);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: the folder cannot be made: {error.Message}");
        }

        files.Add(ResultOutput.Open(Path.Combine(path, name), force, inputs));
        return files[^1].Stream;
    }

    /// <summary>All are complete.</summary>
    internal void Finish()
    {
        foreach (var file in files)
        {
            file.Finish();
        }
    }

    public void Dispose()
    {
        foreach (var file in files)
        {
            file.Dispose();
        }
    }
}
