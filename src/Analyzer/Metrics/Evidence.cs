namespace TraceCap.Analyzer.Metrics;

/// <summary>
/// What a figure is told by, and so in which direction the events that a capture has not can move it. With <c>n</c> seen and at
/// most <c>L</c> events missing, the true figure is in the bounds that each says. <c>D</c>, at most <c>L</c>, are the connections
/// of which it is not certain what they were (uncertain, unseen or unfinished). Where openings and closes may be parted without a loss
/// (<see cref="Doubts.PartsConnections"/>), <c>D</c> are all those without an opening or without a close.
/// </summary>
internal enum Evidence
{
    /// <summary>By the recording itself: exact, whatever is missing.</summary>
    Recording,

    /// <summary>By one event each, the connect, accept or failed connect, which tells all of it: what is missing can only be more
    /// of them. <c>[n, n + L]</c>.</summary>
    Openings,

    /// <summary>By any event of a connection: one of which all are missing is missing; without its opening, one may be counted in
    /// the group of another. <c>[n - D, n + L]</c>.</summary>
    AnyEvent,

    /// <summary>By the close, together with what the opening tells: without the opening a close may be taken for one of another
    /// kind, or of an older connection, and that of a failed connect for a reset. <c>[n - D, n + L]</c>; parted, one that seems open may
    /// have been closed: <c>[n - D, n + L + open]</c>.</summary>
    Closes,

    /// <summary>By an opening without a close: where the close is missing it seems open still. <c>[n - D, n + L]</c>.</summary>
    NoClose,

    /// <summary>By what a close counts: one that is missing may have counted anything. <c>[n - D, infinite)</c>; of a group, to which a
    /// connection without its opening may not belong, <c>[0, infinite)</c> if there is any such.</summary>
    CloseCounters,

    /// <summary>By the times of the openings: see <see cref="PercentileBounds"/>, with <c>L</c> that may have had any.</summary>
    OpeningTimes,

    /// <summary>By the times from openings to closes: see <see cref="PercentileBounds"/>, with <c>L</c> that may have had any, and as many
    /// that seem open but ended at any time before; parted, all that seem open.</summary>
    Lifetimes,
}
