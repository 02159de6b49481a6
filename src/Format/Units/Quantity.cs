using System.Buffers;
using System.Globalization;

namespace TraceCap.Format.Units;

/// <summary>A number and its unit, as text. All arithmetic is of whole numbers, and exact.</summary>
internal static class Quantity
{
    /// <summary>More digits than that, without zeros at the ends, are no whole number of nanoseconds or bytes below 2^64.</summary>
    private const int MostDigits = 22;

    private static readonly SearchValues<char> numbers = SearchValues.Create("0123456789.");

    /// <summary>Reads digits, with a decimal point among them if need be, and a unit.</summary>
    /// <param name="text">Without blanks.</param>
    /// <param name="units">What may stand behind the number.</param>
    /// <param name="value">In the smallest unit.</param>
    /// <returns>False if it is something else, more than 2^64-1, or not a whole number of the smallest unit.</returns>
    internal static bool TryParse(ReadOnlySpan<char> text, IReadOnlyList<Unit> units, out ulong value)
    {
        value = 0;
        var length = text.IndexOfAnyExcept(numbers) is var end and >= 0 ? end : text.Length;
        var number = text[..length];
        var point = number.IndexOf('.');
        var whole = point < 0 ? number : number[..point];
        var fraction = point < 0 ? [] : number[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || fraction.Contains('.') || Find(units, text[length..]) is not { } unit)
        {
            return false;
        }

        whole = whole.TrimStart('0');
        fraction = fraction.TrimEnd('0');
        if (whole.Length + fraction.Length > MostDigits)
        {
            return false;
        }

        var digits = Append(Append(0, whole), fraction);
        var scale = UInt128.One;
        for (var i = 0; i < fraction.Length; i++)
        {
            scale *= 10;
        }

        var (quotient, rest) = UInt128.DivRem(digits * unit.Factor, scale);
        if (rest != 0 || quotient > ulong.MaxValue)
        {
            return false;
        }

        value = (ulong)quotient;
        return true;
    }

    /// <summary>The shortest exact text without a fraction: in the largest unit of which it is a whole number.</summary>
    /// <param name="value">In the smallest unit.</param>
    /// <param name="units">From the smallest one up.</param>
    /// <param name="between">What stands between the number and the unit.</param>
    internal static string Format(ulong value, IReadOnlyList<Unit> units, string between = "")
    {
        var unit = value == 0 ? units[0] : units.Last(unit => value % unit.Factor == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{value / unit.Factor}{between}{unit.Name}");
    }

    private static UInt128 Append(UInt128 number, ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            number = (number * 10) + (uint)(digit - '0');
        }

        return number;
    }

    private static Unit? Find(IReadOnlyList<Unit> units, ReadOnlySpan<char> name)
    {
        foreach (var unit in units)
        {
            if (unit.IsNamed(name))
            {
                return unit;
            }
        }

        return null;
    }
}
