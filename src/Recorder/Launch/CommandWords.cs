namespace TraceCap.Recorder.Launch;

/// <summary>The words of a command as this process was given them: they need not be text.</summary>
internal static class CommandWords
{
    /// <summary>The last words of this process's own command line.</summary>
    /// <param name="words">The same as text, in which other bytes than UTF-8 are lost.</param>
    /// <returns>Each with a NUL at its end.</returns>
    internal static byte[] Read(IReadOnlyCollection<string> words)
    {
        var all = File.ReadAllBytes("/proc/self/cmdline");
        var from = all.Length;
        for (var left = words.Count; left > 0; left--)
        {
            from = all.AsSpan(0, from - 1).LastIndexOf((byte)0) + 1;
        }

        return all[from..];
    }
}
