using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Files;

/// <summary>What is in a file that is named on the command line, unpacked if it is compressed.</summary>
internal static class FileContent
{
    /// <summary>So many bytes tell most formats from each other; a pipe may not have more yet.</summary>
    private const int LeastBytes = 16;

    /// <summary>Opens what should be a capture.</summary>
    /// <param name="path">The file, or <c>-</c>.</param>
    /// <param name="printsRows">Whether rows appear on standard output meanwhile, so that no progress is shown on a terminal.</param>
    /// <exception cref="CommandException">It cannot be opened, or is something else.</exception>
    internal static Stream Open(string path, bool printsRows = false) => Open(path, printsRows, forImport: false);

    /// <summary>Opens what a capture can be made of.</summary>
    /// <inheritdoc cref="Open(string, bool)" />
    internal static Stream OpenSource(string path) => Open(path, printsRows: false, forImport: true);

    /// <summary>Opens a file as it is; it may be written meanwhile.</summary>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    internal static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{path}: no such file");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(Directory.Exists(path)
                ? $"{path}: a folder, not a capture; name the files in it, such as {Path.Combine(path, "*.tcap")}"
                : $"{path}: may not be read by this user");
        }
    }

    /// <summary>What a file is, as far as its first bytes tell; it stands at its beginning afterwards.</summary>
    internal static FileFormat? FormatOf(FileStream file)
    {
        Peek(file, out var format);
        return format;
    }

    private static Stream Open(string path, bool printsRows, bool forImport)
    {
        if (path == CaptureName.Pipe)
        {
            return Unpack(StandardInput.Name, Watched(StandardInput.Open(), StandardInput.Name, printsRows), forImport);
        }

        return Unpack(path, Watched(OpenFile(path), path, printsRows), forImport);
    }

    /// <summary>Rows on the terminal show that something happens as well as a line about it.</summary>
    private static Stream Watched(Stream content, string name, bool printsRows) =>
        StatusLine.IsSeen && (!printsRows || Console.IsOutputRedirected) ? new Progress(content, name) : content;

    /// <summary>Says which files a command will read.</summary>
    internal static void Expect(IReadOnlyCollection<string> paths)
    {
        if (StatusLine.IsSeen)
        {
            ReadingMeter.OfAll.Expect(paths.Count, paths.Where(path => FileIdentity.KindOf(path) == FileKind.Regular).Sum(path => new FileInfo(path).Length));
        }
    }

    /// <summary>Sees what it is, and unpacks it if it is compressed; what is in it then is not unpacked again.</summary>
    private static Stream Unpack(string name, Stream content, bool forImport)
    {
        content = Peek(content, out var format);
        if (format is { Unpack: not null })
        {
            name = $"{name}, compressed with {format.Name}";
            var unpacked = new UnpackedStream(format, content);
            (content, format) = (unpacked, FileFormat.Of(unpacked.Peek(FileFormat.BytesNeeded)));
        }

        if (format is null || (forImport && format.CanBeImported))
        {
            return content;
        }

        content.Dispose();
        throw new CommandException($"{name}: {format.Name}, not {(forImport ? "anything that can be imported" : "a capture")}; {format.Advice}");
    }

    /// <summary>Sees what is in a stream.</summary>
    /// <returns>The stream from its beginning.</returns>
    private static Stream Peek(Stream content, out FileFormat? format)
    {
        var first = new byte[FileFormat.BytesNeeded];
        var got = content.ReadAtLeast(first, content.CanSeek ? first.Length : LeastBytes, throwOnEndOfStream: false);
        format = FileFormat.Of(first.AsSpan(0, got));
        if (!content.CanSeek)
        {
            return new PeekedStream(first.AsMemory(0, got), content);
        }

        content.Position = 0;
        return content;
    }
}
