namespace TraceCap.Format.Chunks;

/// <summary>The first value, then the differences from value to value: for what grows steadily.</summary>
internal sealed class DeltaEncoding : ColumnEncoding
{
    public const byte Number = 2;

    public override byte Id => Number;

    public override void Encode(Span<ulong> values, ref PayloadWriter writer)
    {
        if (values.IsEmpty)
        {
            return;
        }

        writer.WriteVarint(values[0]);
        Vectors.ToDifferences(values);
        Packed.Encode(values[1..], ref writer);
    }

    public override void Decode(ref PayloadReader reader, Span<ulong> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var value = values[0] = reader.ReadVarint();
        var differences = values[1..];
        Packed.Decode(ref reader, differences);
        foreach (ref var each in differences)
        {
            each = value += ZigZag.Decode(each);
        }
    }
}
