using System.Text;
using System.Text.Json;

namespace TraceCap.Exports.ClickHouse;

/// <summary>
/// Which files were shipped where, a line of JSON each, so that nobody opens them again or asks for them. It saves time and nothing
/// else: without it the server is asked. What is written at its end when the power goes is passed over.
/// </summary>
internal sealed class ShipJournal : IDisposable
{
    private readonly HashSet<string> lines = [];
    private readonly string destination;
    private readonly FileStream? file;

    private ShipJournal(FileStream? file, string destination) => (this.file, this.destination) = (file, destination);

    /// <summary>Opens a journal, or begins one. Files that are gone are forgotten.</summary>
    /// <param name="path">The journal; null: it is forgotten with this process.</param>
    /// <param name="destination">Where captures are shipped.</param>
    /// <exception cref="IOException">It cannot be written, or another process has it.</exception>
    internal static ShipJournal Open(string? path, string destination)
    {
        if (path is null)
        {
            return new ShipJournal(null, destination);
        }

        // Open for as long as this lives, and for one process.
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        using var reader = new StreamReader(file, leaveOpen: true);
        var text = reader.ReadToEnd();
        var journal = new ShipJournal(file, destination);
        journal.lines.UnionWith(text[..(text.LastIndexOf('\n') + 1)].Split('\n').Where(IsStillThere));
        journal.Rewrite(file);
        return journal;
    }

    /// <summary>Whether a file as it is now was shipped.</summary>
    internal bool Has(string path) => lines.Contains(LineOf(path));

    /// <summary>A file was shipped.</summary>
    /// <param name="line">Its line when that was begun.</param>
    internal void Add(string line)
    {
        if (lines.Add(line) && file is not null)
        {
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            file.Flush(flushToDisk: true);
        }
    }

    public void Dispose() => file?.Dispose();

    private void Rewrite(FileStream file)
    {
        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Order(StringComparer.Ordinal).Select(line => line + "\n"))));
        file.Flush(flushToDisk: true);
    }

    private static bool IsStillThere(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return File.Exists(json.RootElement.GetProperty("file").GetString());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>What tells a file from all others and from itself once it has changed, and where it went.</summary>
    internal string LineOf(string path)
    {
        var file = new FileInfo(path);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("file", file.FullName);
            json.WriteNumber("bytes", file.Exists ? file.Length : 0);
            json.WriteString("modified", file.LastWriteTimeUtc);
            json.WriteString("to", destination);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
