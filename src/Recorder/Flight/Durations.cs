using System.Globalization;

namespace TraceCap.Recorder.Flight;

/// <summary>Times as users write them: a number and us, ms, s, m, h or d, such as 30s or 1.5h.</summary>
public static class Durations
{
    /// <summary>Reads a time; it is above zero.</summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        var digits = text.TrimEnd("dhmnsu".ToCharArray());
        var seconds = text[digits.Length..] switch { "us" => 1e-6, "ms" => 1e-3, "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => 0 };
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * seconds >= TimeSpan.MaxValue.TotalSeconds)
        {
            return false;
        }

        time = TimeSpan.FromSeconds(number * seconds);
        return time > TimeSpan.Zero;
    }
}
