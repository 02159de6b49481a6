using System.Globalization;

namespace TraceCap.Recorder;

/// <summary>Times as users write them: a number and s, m, h or d, such as 30s or 1.5h.</summary>
public static class Durations
{
    /// <summary>Reads a time; it is above zero.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        if (text.IsEmpty || UnitSeconds(text[^1]) is not { } unit
            || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * unit is not (> 0 and < 1e9))
        {
            return false;
        }

        time = TimeSpan.FromSeconds(number * unit);
        return true;
    }

    private static double? UnitSeconds(char unit) => unit switch
    {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => null,
    };
}
