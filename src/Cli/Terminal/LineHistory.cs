namespace TraceCap.Cli.Terminal;

/// <summary>The lines that were typed before, kept in a file of the user.</summary>
internal sealed class LineHistory
{
    private const int MostLines = 1000;

    private readonly List<string> lines = [];
    private readonly string? path;
    private int place;
    private string typed = "";

    /// <param name="path">Where they are kept; null: nowhere.</param>
    internal LineHistory(string? path)
    {
        this.path = path;
        try
        {
            lines.AddRange(path is not null && File.Exists(path) ? File.ReadLines(path).TakeLast(MostLines) : []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is a help, and no more.
        }
    }

    /// <summary>Where a user's are kept, as the XDG Base Directory Specification has it; on Windows where applications keep theirs.</summary>
    /// <param name="name">Of what.</param>
    internal static string? PathOf(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "tracecap", name);
        }

        var home = Environment.GetEnvironmentVariable("HOME");
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } own ? own : home is { Length: > 0 } ? Path.Combine(home, ".local", "state") : null;
        return state is null ? null : Path.Combine(state, "tracecap", name);
    }

    /// <summary>A new line begins.</summary>
    internal void Begin() => place = lines.Count;

    /// <summary>The line before.</summary>
    /// <param name="now">What stands there now.</param>
    internal string Back(string now)
    {
        typed = place == lines.Count ? now : typed;
        place = Math.Max(0, place - 1);
        return lines.Count == 0 ? now : lines[place];
    }

    /// <summary>The line after.</summary>
    /// <inheritdoc cref="Back" />
    internal string Forward(string now)
    {
        if (place >= lines.Count)
        {
            return now;
        }

        return ++place == lines.Count ? typed : lines[place];
    }

    /// <summary>Adds a line, unless it is the last one again.</summary>
    internal void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line) || (lines.Count > 0 && lines[^1] == line))
        {
            return;
        }

        lines.Add(line);
        if (path is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new StreamWriter(path, options) { NewLine = "\n" };
            file.WriteLine(line);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The prompt goes on without it.
        }
    }
}
