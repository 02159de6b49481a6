using TraceCap.Format.Metadata;

namespace TraceCap.Recorder.Sinks;

/// <summary>How a <see cref="CaptureSeries"/> writes, and whom it tells.</summary>
internal sealed record SeriesOptions
{
    /// <summary>How long an event waits at most until it can be read.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether a block is written so often also while nothing happens: a reader then knows up to when nothing did.</summary>
    public bool KeepsTime { get; init; }

    /// <summary>When the next file is begun; without limits, only when asked to.</summary>
    public Rotation Rotation { get; init; } = new();

    /// <summary>Whether a file that cannot be written on is given up for the next one, and what it lost counted there.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Knows what events refer to; null if nothing is to be named.</summary>
    public INames? Names { get; init; }

    /// <summary>Gets the path of each file that was ended properly and is on the disk.</summary>
    public Action<string>? Closed { get; init; }

    /// <summary>Gets what the user should know, one sentence each; from any thread.</summary>
    public Action<string> Tell { get; init; } = _ => { };
}
