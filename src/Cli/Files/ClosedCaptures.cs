using TraceCap.Cli.Terminal;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Files;

/// <summary>The captures of folders and names that nobody writes any more, in the order of their names: that of their times.</summary>
/// <param name="paths">Files and folders.</param>
internal sealed class ClosedCaptures(IReadOnlyList<string> paths)
{
    /// <summary>What captures in a folder are named, packed ones too.</summary>
    private const string Pattern = "*.tcap*";

    private HashSet<string> awaited = [];

    /// <summary>Looks what is there now.</summary>
    /// <param name="isDone">Whether a file needs no more attention.</param>
    /// <param name="open">How many of the others are still being written.</param>
    /// <exception cref="CommandException">A file or folder is not there.</exception>
    internal IReadOnlyList<string> Find(Predicate<string> isDone, out int open)
    {
        var left = paths.SelectMany(FilesOf).Where(path => !isDone(path)).ToArray();
        foreach (var gone in awaited.Where(path => !File.Exists(path)))
        {
            Messages.Warn($"{gone}: deleted before it was shipped: what was in it is in no fleet; keep more files (record --keep)");
            HasLost = true;
        }

        awaited = [.. left];
        // Who went on to the next file has closed the one before it, also where nobody can tell who writes a file.
        var closed = left.Where((path, place) => IsClosed(path, isLast: place == left.Length - 1)).ToArray();
        open = left.Length - closed.Length;
        return closed;
    }

    /// <summary>A file is not awaited any more.</summary>
    internal void Forget(string path) => awaited.Remove(path);

    /// <summary>Whether a file was deleted before its turn came.</summary>
    internal bool HasLost { get; private set; }

    private static IEnumerable<string> FilesOf(string path)
    {
        if (Directory.Exists(path))
        {
            return Directory.EnumerateFiles(path, Pattern).Where(file => FileIdentity.KindOf(file) == FileKind.Regular).Order(StringComparer.Ordinal);
        }

        return File.Exists(path) ? [path] : throw new CommandException($"{path}: no such file or folder");
    }

    private static bool IsClosed(string path, bool isLast) => FileIdentity.IsBeingWritten(path) switch
    {
        false => true,
        true => false,
        null => !isLast || HasFooter(path),
    };

    private static bool HasFooter(string path)
    {
        try
        {
            using var file = FileContent.OpenFile(path);
            return FileContent.FormatOf(file) is not null || SectionIndex.Find(file, section => section.End) is not null;
        }
        catch (Exception error) when (error is IOException or CommandException)
        {
            return false;
        }
    }
}
