using System.Globalization;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Findings;

/// <summary>How sure a finding is, and by what.</summary>
/// <param name="Level">How sure.</param>
/// <param name="Basis">By what, in plain words.</param>
internal readonly record struct Confidence(FindingConfidence Level, string Basis)
{
    private const double HighChance = 1e-6;
    private const double LeastShown = 1e-300;

    /// <summary>The chance above which nothing is found.</summary>
    internal const double MediumChance = 1e-3;

    /// <summary>Of what was counted, and can only be wrong by what is missing.</summary>
    internal static Confidence Counted(Doubts doubts) => doubts.Reasons.Count == 0
        ? new Confidence(FindingConfidence.High, "it was counted, and nothing is missing from the capture")
        : new Confidence(FindingConfidence.Medium, $"it was counted, but {doubts.Text}");

    /// <summary>Of what may be chance.</summary>
    /// <param name="chance">At most so likely.</param>
    /// <param name="given">What was assumed: <c>by the failures at other times</c>.</param>
    /// <param name="doubts">What is missing from the capture.</param>
    internal static Confidence ByChance(double chance, string given, Doubts doubts)
    {
        var level = chance <= HighChance ? FindingConfidence.High : chance <= MediumChance ? FindingConfidence.Medium : FindingConfidence.Low;
        var isDoubtful = doubts.Reasons.Count > 0;
        var basis = string.Create(CultureInfo.InvariantCulture, $"{given} its chance is {Math.Max(chance, LeastShown):0e-0} or less");
        return new Confidence(
            isDoubtful && level == FindingConfidence.High ? FindingConfidence.Medium : level, isDoubtful ? $"{basis}, but {doubts.Text}" : basis);
    }
}
