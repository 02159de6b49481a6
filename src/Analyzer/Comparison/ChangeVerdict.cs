namespace TraceCap.Analyzer.Comparison;

/// <summary>What a comparison says of a difference.</summary>
public enum ChangeVerdict
{
    /// <summary>Nothing: there is no test for it, or nothing to test.</summary>
    Untested,

    /// <summary>Chance explains it: two captures of the same traffic may differ as much.</summary>
    Noise,

    /// <summary>Chance does not explain it, and what is missing from the captures does not either.</summary>
    Changed,

    /// <summary>Chance does not explain it, but what is missing from the captures, or other filters, may.</summary>
    Unknown,
}

/// <summary>The words for <see cref="ChangeVerdict"/>, wherever they are written.</summary>
internal static class ChangeVerdicts
{
    /// <summary>A difference that chance makes in less than this share of all comparisons, in any of their rows, is called a
    /// change, all others noise.</summary>
    internal const double Significance = 0.01;

    /// <summary>What is said of a difference.</summary>
    /// <param name="chance">How likely chance makes one as large.</param>
    /// <param name="surely">How likely it makes one as small as it may be, with what is missing.</param>
    internal static ChangeVerdict Of(double chance, double surely) =>
        chance >= Significance ? ChangeVerdict.Noise : surely < Significance ? ChangeVerdict.Changed : ChangeVerdict.Unknown;

    /// <summary>For tables; empty if there is nothing to say.</summary>
    internal static string Word(this ChangeVerdict verdict) => verdict switch
    {
        ChangeVerdict.Noise => "noise",
        ChangeVerdict.Changed => "changed",
        ChangeVerdict.Unknown => "cannot be told",
        _ => "",
    };

    /// <summary>For JSON; null if there is nothing to say.</summary>
    internal static string? JsonWord(this ChangeVerdict verdict) => verdict switch
    {
        ChangeVerdict.Untested => null,
        ChangeVerdict.Unknown => "unknown",
        _ => verdict.Word(),
    };

    /// <summary>Whether it is a change; null if that is not known.</summary>
    internal static bool? IsSignificant(this ChangeVerdict verdict) => verdict switch
    {
        ChangeVerdict.Changed => true,
        ChangeVerdict.Noise => false,
        _ => null,
    };
}
