namespace TraceCap.Analyzer.Checks;

/// <summary>What is known of an expectation.</summary>
public enum Verdict
{
    /// <summary>It holds, whatever is missing from the capture.</summary>
    Holds,

    /// <summary>It does not hold, whatever is missing from the capture.</summary>
    Fails,

    /// <summary>It cannot be told: what is missing from the capture decides.</summary>
    Unknown,
}

/// <summary>Verdicts in words.</summary>
internal static class Verdicts
{
    internal static Verdict Of(bool? holds) => holds switch { true => Verdict.Holds, false => Verdict.Fails, _ => Verdict.Unknown };

    internal static bool? ToHolds(this Verdict verdict) => verdict switch { Verdict.Holds => true, Verdict.Fails => false, _ => null };

    /// <summary>The verdict on several of which all are to hold: one that fails outweighs one that cannot be told.</summary>
    internal static Verdict All(IEnumerable<Verdict> verdicts) => verdicts.Aggregate(
        Verdict.Holds, (all, one) => all == Verdict.Fails || one == Verdict.Holds ? all : one);

    /// <summary>What JSON calls it.</summary>
    internal static string Name(this Verdict verdict) => verdict switch { Verdict.Holds => "holds", Verdict.Fails => "fails", _ => "unknown" };

    /// <summary>What people read where it should hold.</summary>
    internal static string Status(this Verdict verdict) => verdict switch { Verdict.Holds => "ok", Verdict.Fails => "FAILED", _ => "UNKNOWN" };

    /// <summary>The verdict on its opposite.</summary>
    public static Verdict Not(this Verdict verdict) => verdict switch { Verdict.Holds => Verdict.Fails, Verdict.Fails => Verdict.Holds, _ => verdict };
}
