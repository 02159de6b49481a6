using System.Globalization;
using System.Numerics;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Numbers of things, for people.</summary>
internal static class CountText
{
    /// <summary>A number of things: <c>1 event</c>, <c>2,000 events</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="thing">The name of one, which takes an s.</param>
    public static string Of<T>(T number, string thing)
        where T : INumber<T> => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {thing}{(number == T.One ? "" : "s")}");
}
