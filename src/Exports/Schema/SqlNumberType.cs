using System.Globalization;
using TraceCap.Analyzer.Fields;

namespace TraceCap.Exports.Schema;

/// <summary>A number of SQL: whole or not, with or without a sign. One that is not negative and fits 64 bits is a number, any other a text.</summary>
internal sealed class SqlNumberType() : FieldType("number", "a number")
{
    /// <summary>The one.</summary>
    internal static FieldType Instance { get; } = new SqlNumberType();

    /// <inheritdoc />
    internal override JsonShape Shape => JsonShape.Number;

    /// <inheritdoc />
    internal override string Text(in FieldValue value) => value.Name as string ?? value.Number.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc />
    internal override bool TryWrite(Span<byte> target, in FieldValue value, out int length) => value.Name is null
        ? value.Number.TryFormat(target, out length, default, CultureInfo.InvariantCulture)
        : base.TryWrite(target, in value, out length);

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) => throw new NotSupportedException("SQL has conditions of its own");
}
