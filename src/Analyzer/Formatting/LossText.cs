using System.Globalization;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Losses in words.</summary>
internal static class LossText
{
    /// <summary>How many events were lost, and where: <c>12 (ring full 10, map full 2)</c>; <c>0</c> if none were.
    /// Skipped probes may have lost events or not: <c>none known, at most 3 by skipped probes</c>.</summary>
    public static string Describe(LossCounters ledger)
    {
        var places = new List<string>();
        Add("ring full", ledger.RingFull);
        Add("map full", ledger.MapFull);
        Add("dropped", ledger.Dropped);
        var lost = Text($"{ledger.Lost:N0}") + (places.Count == 0 ? "" : $" ({string.Join(", ", places)})");
        return ledger switch
        {
            { ProbeMissed: 0 } => lost,
            { Lost: 0 } => Text($"none known, at most {ledger.ProbeMissed:N0} by skipped probes"),
            _ => Text($"{lost}, and at most {ledger.ProbeMissed:N0} by skipped probes"),
        };

        void Add(string place, ulong count)
        {
            if (count > 0)
            {
                places.Add(Text($"{place} {count:N0}"));
            }
        }
    }

    /// <summary>What a user can do about losses of this kind; empty if there is nothing.</summary>
    public static string Advice(LossCounters ledger) =>
        ledger.RingFull > 0 ? "; a larger --buffer holds longer bursts" : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
