using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>Which of the two tools named tcptracer a table looks like.</summary>
internal enum TableStyle
{
    /// <summary>The Python tool of bcc.</summary>
    Bcc,

    /// <summary>The C tool of libbpf-tools.</summary>
    Libbpf,
}

/// <summary>What a <see cref="TcptracerTable"/> shows. An option is one of the tools' own unless it says so.</summary>
internal sealed record TableOptions
{
    /// <summary>Whose table it is.</summary>
    public TableStyle Style { get; init; } = TableStyle.Bcc;

    /// <summary><c>-t</c>: the time since the first printed event, in seconds, or in nanoseconds if
    /// <see cref="Verbose"/>.</summary>
    public bool Timestamps { get; init; }

    /// <summary><c>-v</c> of bcc: types as words, and the network namespace. The libbpf table stays as it is.</summary>
    public bool Verbose { get; init; }

    /// <summary><c>-U</c> of libbpf-tools: the user id. bcc has none; its table gets the column in the same place, but
    /// apart from the type, whatever its length.</summary>
    public bool Uid { get; init; }

    /// <summary><c>-N</c> of bcc: no network namespace column, since it would be the same in all rows.</summary>
    public bool HideNetns { get; init; }

    /// <summary>The time of day before all other columns, which the tools have not; null: no such column.</summary>
    public ClockStyle? Clock { get; init; }

    /// <summary>Rows as the tools have them, to the last byte: no word at their ends. Such a word is not in the tools: why a connect
    /// failed, how TCP ended, that a close is of no connection.</summary>
    public bool Compat { get; init; }

    /// <summary>Prints thread names as the tools do, control characters included. Otherwise these are escaped (not in
    /// the tools), see <see cref="TcptracerTable"/>.</summary>
    public bool Raw { get; init; }

    /// <summary>The columns of the terminal; 0: a row may be of any length. Where the tools' have no room, first go the local address and
    /// port, then the version of IP, the network namespace, and the process id.</summary>
    public int Width { get; init; }

    /// <summary>How failures stand out; what the tools print does not.</summary>
    public TextColours Colours { get; init; } = TextColours.None;
}
