using System.Globalization;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>A number that need not be whole, as figures are.</summary>
/// <param name="name">What it is called in lists.</param>
/// <param name="forPeople">Shows it to people.</param>
internal sealed class RealType(string name, Func<double, string> forPeople) : FieldType(name, "a number")
{
    /// <summary>Seconds.</summary>
    internal static FieldType Seconds { get; } = new RealType("seconds", value => value.ToString("0.000######", CultureInfo.InvariantCulture));

    /// <summary>A part of a whole, 0 to 1.</summary>
    internal static FieldType Share { get; } = new RealType("share", value => Figure.Text(value, MetricUnit.Share));

    /// <summary>How many in a second.</summary>
    internal static FieldType Rate { get; } = new RealType("a second", value => Figure.Text(value, MetricUnit.Rate));

    /// <inheritdoc />
    internal override JsonShape Shape => JsonShape.Number;

    /// <inheritdoc />
    internal override bool IsOrdered => true;

    /// <summary>Such a value; none if it is no number.</summary>
    internal static FieldValue Of(double? value) => value is { } known && double.IsFinite(known) ? FieldValue.Of(BitConverter.DoubleToUInt64Bits(known)) : default;

    /// <inheritdoc />
    internal override string Text(in FieldValue value) => Number(in value).ToString("0.################", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    internal override string TextForPeople(in FieldValue value) => forPeople(Number(in value));

    /// <inheritdoc />
    internal override int Compare(in FieldValue one, in FieldValue other) => Number(in one).CompareTo(Number(in other));

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) => throw new NotSupportedException($"{Name} is in no condition");

    private static double Number(in FieldValue value) => BitConverter.UInt64BitsToDouble(value.Number);
}

/// <summary>A figure with its unit, and a sign before it if it is only known to be greater: for people.</summary>
internal sealed class FigureText() : FieldType("figure", "a number")
{
    /// <inheritdoc />
    internal override JsonShape Shape => JsonShape.Number;

    /// <inheritdoc />
    internal override string Text(in FieldValue value) => (string)value.Name!;

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) => throw new NotSupportedException($"{Name} is in no condition");
}
