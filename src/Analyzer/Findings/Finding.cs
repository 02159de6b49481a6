namespace TraceCap.Analyzer.Findings;

/// <summary>How bad it is, what a rule looks for.</summary>
public enum FindingSeverity
{
    /// <summary>Costs something, or is good to know.</summary>
    Notice,

    /// <summary>Slows something down, or will break it.</summary>
    Warning,

    /// <summary>Something does not work.</summary>
    Critical,
}

/// <summary>How sure it is, what a rule has found; <see cref="Finding.Basis"/> says by what.</summary>
public enum FindingConfidence
{
    /// <summary>It may be chance, or the capture too short to tell.</summary>
    Low,

    /// <summary>It was counted, but something is missing from the capture; or the chance of it is below 1 in 1,000.</summary>
    Medium,

    /// <summary>It was counted, or the chance of it is below 1 in 1,000,000.</summary>
    High,
}

/// <summary>Something about a capture that is worth a look.</summary>
public sealed record Finding
{
    /// <summary>The name of the rule that found it.</summary>
    public required string Rule { get; init; }

    /// <summary>How bad it is.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>How sure it is.</summary>
    public required FindingConfidence Confidence { get; init; }

    /// <summary>What the confidence rests on, in plain words.</summary>
    public required string Basis { get; init; }

    /// <summary>What it is, in plain words, with its numbers.</summary>
    public required string Text { get; init; }

    /// <summary>The rule: what must hold for it to speak.</summary>
    public required string Condition { get; init; }

    /// <summary>Whom it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>What the rule looked at, by name; durations in nanoseconds.</summary>
    public required IReadOnlyList<(string Name, double Value)> Numbers { get; init; }

    /// <summary>The options of <c>tracecap lifetimes</c> that show the connections it is about, for a POSIX shell; empty if no
    /// connections do.</summary>
    public string RowOptions => Rows?.ToString() ?? "";

    /// <summary>When it began, by the wall clock; null if that is not known, or it is of all the time.</summary>
    public DateTimeOffset? From => Time?.WallFrom is { } wall ? TimeAt(wall) : null;

    /// <summary>When it ended.</summary>
    public DateTimeOffset? To => Time?.WallTo is { } wall ? TimeAt(wall) : null;

    /// <summary>When it began, since the first recording did, to 100 ns; null if it is of all the time.</summary>
    public TimeSpan? FromOffset => Time is { } time ? TimeSpan.FromTicks(time.From / 100) : null;

    /// <summary>When it ended, since the first recording began.</summary>
    public TimeSpan? ToOffset => Time is { } time ? TimeSpan.FromTicks(time.To / 100) : null;

    /// <summary>When it was; null if it is of all the time.</summary>
    internal FindingTime? Time { get; init; }

    /// <summary>The connections that it is about; null if it is about none.</summary>
    internal FindingRows? Rows { get; init; }

    /// <summary>How many connections it is about.</summary>
    internal double Affected { get; init; }

    /// <summary>The rule and what it found.</summary>
    public override string ToString() => $"{Rule}: {Text}{(Time is { } time ? $" ({time})" : "")}";

    private static DateTimeOffset TimeAt(ulong wall) => DateTimeOffset.UnixEpoch.AddTicks((long)(wall / 100));
}
