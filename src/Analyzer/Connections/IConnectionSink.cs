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
