using System.Diagnostics.CodeAnalysis;

namespace TraceCap.Analyzer.Fields;

/// <summary>What the parsers of values share.</summary>
internal static class Parsing
{
    /// <summary>What parses by throwing, without that.</summary>
    internal static bool TryParse<T>(
        string? text, IFormatProvider? provider, Func<string, IFormatProvider?, T> parse, [MaybeNullWhen(false)] out T result)
    {
        result = default;
        if (text is null)
        {
            return false;
        }

        try
        {
            result = parse(text, provider);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
