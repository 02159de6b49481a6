using System.Globalization;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>The interval of an effect as a line on a scale that all rows of a table share: one row of a forest plot. Ratios are on a logarithmic
/// scale around no change, differences of shares on one that is linear in percentage points; what goes beyond it ends in an arrow.</summary>
internal static class ForestMark
{
    private const double Width = 160;
    private const double Height = 18;
    private const double Edge = 8;

    // A quarter to four times as much, and 20 points less or more.
    private const double MostRatio = 4;
    private const double MostDifference = 0.2;

    /// <summary>What stands above it.</summary>
    internal const string Header = "÷4 … same … ×4";

    /// <summary>Draws it.</summary>
    /// <param name="effect">Where the difference lies.</param>
    /// <param name="value">Where the figures of both are apart, on the scale of the effect; null if that is not known.</param>
    /// <param name="sense">What it is for who reads of it.</param>
    internal static string Of(Effect effect, double? value, ChangeSense sense)
    {
        var color = sense switch
        {
            ChangeSense.Worse => "var(--worse)",
            ChangeSense.Better => "var(--better)",
            ChangeSense.None => "var(--muted)",
            _ => "var(--series0)",
        };
        var (least, most) = (Place(effect, effect.Least), Place(effect, effect.Most));
        var middle = Height / 2;
        var arrows = (effect.Least < Least(effect) ? Arrow(Edge, -1) : "") + (effect.Most > Most(effect) ? Arrow(Width - Edge, 1) : "");
        var point = value is { } known && double.IsFinite(known) && known >= Least(effect) && known <= Most(effect)
            ? Text($"<circle cx=\"{Place(effect, known):0.#}\" cy=\"{middle}\" r=\"3.5\" fill=\"{color}\"/>") : "";
        return Text($"<svg class=\"forest\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" role=\"img\" aria-label=\"{ReportTable.Escape(Words(effect))}\">")
            + Text($"<path d=\"M{Width / 2} 0V{Height}\" stroke=\"var(--muted)\" stroke-dasharray=\"2 2\"/>")
            + Text($"<path d=\"M{least:0.#} {middle}H{Math.Max(most, least + 1.5):0.#}\" stroke=\"{color}\" stroke-width=\"3\"/>")
            + $"{arrows}{point}</svg>";

        string Arrow(double at, int direction) => Text($"<path d=\"M{at} {middle - 4}L{at + (direction * 6)} {middle}L{at} {middle + 4}Z\" fill=\"{color}\"/>");
    }

    /// <summary>Where the figures are apart, on the scale of their effect.</summary>
    internal static double? Between(Effect effect, Figure? before, Figure? after) => before is { IsExact: true } one && after is { IsExact: true } other
        ? effect.Scale == EffectScale.Difference ? other.Low - one.Low : one.Low > 0 ? other.Low / one.Low : null
        : null;

    private static string Words(Effect effect) => ComparisonText.Of(effect) is { Length: > 0 } words ? words : "anything";

    private static double Least(Effect effect) => effect.Scale == EffectScale.Ratio ? 1 / MostRatio : -MostDifference;

    private static double Most(Effect effect) => effect.Scale == EffectScale.Ratio ? MostRatio : MostDifference;

    private static double Place(Effect effect, double value)
    {
        var part = effect.Scale == EffectScale.Ratio ? Math.Log(Math.Max(value, double.Epsilon)) / Math.Log(MostRatio) : value / MostDifference;
        return (Width / 2) + (Math.Clamp(part, -1, 1) * ((Width / 2) - Edge));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
