using System.Globalization;

namespace TraceCap.Cli.Top;

/// <summary>How fast recorded time passes.</summary>
/// <param name="Times">So many times as fast as when it was recorded; infinite for as fast as can be.</param>
internal readonly record struct TopSpeed(double Times)
{
    private const double Most = 1_000_000;
    private const double Least = 0.01;

    /// <summary>What <see cref="Parse"/> reads, for messages.</summary>
    internal const string Expected = "1, 10, 0.5 or another number from 0.01 to 1000000, or max";

    /// <summary>As fast as can be.</summary>
    internal static TopSpeed Max { get; } = new(double.PositiveInfinity);

    /// <summary>Whether it is that.</summary>
    internal bool IsMax => double.IsInfinity(Times);

    /// <summary>Reads a speed.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static TopSpeed Parse(string text) => text == "max" ? Max
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var times) && times is >= Least and <= Most ? new TopSpeed(times)
        : throw new FormatException($"'{text}' is no speed; expected {Expected}");

    /// <summary>The next faster one.</summary>
    internal TopSpeed Faster() => IsMax || Times * 2 > 1024 ? Max : new TopSpeed(Times * 2);

    /// <summary>The next slower one.</summary>
    internal TopSpeed Slower() => IsMax ? new TopSpeed(1024) : new TopSpeed(Math.Max(Times / 2, 1.0 / 64));

    /// <inheritdoc />
    public override string ToString() => IsMax ? "max" : string.Create(CultureInfo.InvariantCulture, $"{Times:0.####}x");
}
