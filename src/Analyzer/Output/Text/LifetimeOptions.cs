using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>What a <see cref="LifetimeTable"/> or a <see cref="LifetimeCsv"/> shows; the options of bcc's tcplife.</summary>
internal sealed record LifetimeOptions
{
    /// <summary><c>-T</c>: the time of day at which the connection ended; null: no such column.</summary>
    public ClockStyle? Clock { get; init; }

    /// <summary><c>-t</c>: the same in seconds since the first row.</summary>
    public bool Timestamps { get; init; }

    /// <summary><c>-w</c>: wide columns, and the IP version.</summary>
    public bool Wide { get; init; }

    /// <summary>The columns of the terminal; 0: a row may be of any length. Where tcplife's have no room, first go the local address
    /// and port, then bytes, and then the process id.</summary>
    public int Width { get; init; }

    /// <summary>Prints thread names as tcplife does, control characters included. Otherwise these are escaped.</summary>
    public bool Raw { get; init; }

    /// <summary>How failures and resets stand out.</summary>
    public TextColours Colours { get; init; } = TextColours.None;
}
