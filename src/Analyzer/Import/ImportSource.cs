using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Import;

/// <summary>What is known of events beside themselves, and grows while they are read.</summary>
internal sealed class ImportSource(Stream input)
{
    /// <summary>Where they are read from.</summary>
    internal Stream Input => input;

    /// <summary>Gets the names of what an event refers to before it is given.</summary>
    internal CaptureNames.Builder Names { get; } = new();

    /// <summary>Gets the wall clock of an event before it is given.</summary>
    internal ClockTable.Builder Clocks { get; } = new();

    /// <summary>The clocks when the source ended; null if it does not say.</summary>
    internal ClockAnchor? End { get; set; }

    /// <summary>Why it could not be read to its end; null if it could.</summary>
    internal string? Truncated { get; set; }

    /// <summary>What is in it that makes no event, in a few words each, and how often.</summary>
    internal SortedDictionary<string, long> LeftOut { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts something that makes no event.</summary>
    internal void LeaveOut(string what, long count = 1)
    {
        if (count > 0)
        {
            LeftOut[what] = LeftOut.GetValueOrDefault(what) + count;
        }
    }
}
