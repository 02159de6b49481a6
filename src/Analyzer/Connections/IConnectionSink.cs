using System.Diagnostics.CodeAnalysis;

namespace TraceCap.Analyzer.Connections;

/// <summary>Takes the connections of a capture.</summary>
internal interface IConnectionSink
{
    /// <summary>Takes connections that have ended, in the order in which they did; those still open come last, oldest
    /// first.</summary>
    /// <param name="connections">Valid until the method returns.</param>
    /// <param name="recording">What they were recorded in.</param>
    void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording);

    /// <summary>The same of connections that it may keep as they are, so that they need not be copied.</summary>
    /// <param name="connections">Begins with them; may become another array, which is the caller's.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="recording">What they were recorded in.</param>
    void Take(ref Connection[] connections, int count, RecordedSpan recording) => Take(connections.AsSpan(0, count), recording);

    /// <summary>What a recording is known to be, but for its end, is about to change: its names, its clocks, its losses. Who works on
    /// connections later has done so when it returns.</summary>
    void Settle()
    {
    }

    /// <summary>Takes what all of them were recorded in: no more follow.</summary>
    [SuppressMessage("Naming", "CA1716", Justification = "The word is reserved in Visual Basic only, which has an escape for it.")]
    void End(IReadOnlyList<RecordedSpan> recordings)
    {
    }
}
