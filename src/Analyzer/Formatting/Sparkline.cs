namespace TraceCap.Analyzer.Formatting;

/// <summary>Counts over time in one line of text. Each character is the greatest of those that it stands for: what happened in one
/// interval alone is seen, however many there are. The lowest level is none, and none else.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Ascii = "_.:-=+*#";

    /// <summary>In ASCII, the level of the greatest.</summary>
    internal const char Most = '#';

    /// <summary>Draws it.</summary>
    /// <param name="counts">One for each interval; null: it was not recorded, and is blank.</param>
    /// <param name="room">At most so many characters.</param>
    /// <param name="isAscii">Whether they are of ASCII.</param>
    internal static string Of(IReadOnlyList<long?> counts, int room, bool isAscii)
    {
        var levels = isAscii ? Ascii : Blocks;
        var most = counts.Max() ?? 0;
        var length = Math.Min(room, counts.Count);
        return string.Create(length, 0, (text, _) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                long? greatest = null;
                for (var at = Begin(i); at < Begin(i + 1); at++)
                {
                    greatest = counts[at] is { } count && !(count <= greatest) ? count : greatest;
                }

                text[i] = greatest switch
                {
                    null => ' ',
                    0 => levels[0],
                    // The level of the greatest of all is the highest, that of one above the lowest.
                    { } count => levels[(int)((((Int128)count * (levels.Length - 1)) + most - 1) / most)],
                };
            }
        });

        int Begin(int character) => (int)((long)character * counts.Count / length);
    }
}
