using System.Text;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Fields;

/// <summary>Any text.</summary>
internal sealed class TextType() : FieldType("text", "a text")
{
    /// <inheritdoc />
    internal override string Text(in FieldValue value) => (string)value.Name!;

    /// <inheritdoc />
    internal override int Compare(in FieldValue one, in FieldValue other) => string.CompareOrdinal(Text(in one), Text(in other));

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) => Of((in value) => (string)value.Name! == literal);
}

/// <summary>A thread's name: bytes, which need not be text.</summary>
internal sealed class ThreadNameType() : FieldType("name", $"a thread's name of at most {ThreadName.Size} bytes")
{
    // Also escaped.
    private const int MostBytes = 128;

    /// <inheritdoc />
    internal override string Text(in FieldValue value) => value.Thread.ToString();

    /// <inheritdoc />
    internal override bool TryWrite(Span<byte> target, in FieldValue value, out int length)
    {
        var name = value.Thread;
        var hasRoom = target.Length >= MostBytes;
        length = hasRoom ? CommText.WriteWhole(target, in name, raw: true) : 0;
        return hasRoom;
    }

    /// <inheritdoc />
    internal override string TextForPeople(in FieldValue value)
    {
        Span<byte> text = stackalloc byte[MostBytes];
        var name = value.Thread;
        return Encoding.UTF8.GetString(text[..CommText.WriteWhole(text, in name, raw: false)]);
    }

    /// <inheritdoc />
    internal override int Compare(in FieldValue one, in FieldValue other) => FieldValue.CompareBits(in one, in other);

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal)
    {
        // Quoted text keeps bytes that are not UTF-8 as they are.
        var bytes = LiteralText.Bytes(literal);
        if (bytes.Length > ThreadName.Size || bytes.Contains((byte)0))
        {
            throw Wrong();
        }

        var wanted = FieldValue.Of(new ThreadName(bytes));
        return Of((in value) => value.Bits == wanted.Bits);
    }
}

/// <summary>A part of what a cgroup's path tells.</summary>
/// <param name="name">What it is called in lists.</param>
/// <param name="expected">What a value looks like.</param>
/// <param name="text">What it is of a cgroup; null if it has none.</param>
/// <param name="isAny">Makes of a literal what decides whether a cgroup is meant; null if it is no value.</param>
internal sealed class CgroupType(string name, string expected, Func<CgroupName, string?> text, Func<string, Predicate<CgroupName>?> isAny)
    : FieldType(name, expected)
{
    /// <inheritdoc />
    internal override string Text(in FieldValue value) => Find(in value) ?? "";

    /// <inheritdoc />
    internal override bool Has(in FieldValue value) => Find(in value) is not null;

    /// <inheritdoc />
    internal override FieldValue KeyOf(in FieldValue value) => FieldValue.Of(Find(in value));

    /// <inheritdoc />
    internal override int Compare(in FieldValue one, in FieldValue other) => string.CompareOrdinal(Text(in one), Text(in other));

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) =>
        isAny(literal) is { } isMeant ? Of((in value) => isMeant((CgroupName)value.Name!)) : throw Wrong();

    // A key is the text alone.
    private string? Find(in FieldValue value) => value.Name as string ?? text((CgroupName)value.Name!);
}

/// <summary>An address.</summary>
internal sealed class AddressType() : FieldType("address", "an address such as 10.0.0.2 or fd00::2, behind 'in' also a range such as 10.0.0.0/8")
{
    /// <inheritdoc />
    internal override string Text(in FieldValue value) => value.AddressText();

    /// <inheritdoc />
    internal override bool TryWrite(Span<byte> target, in FieldValue value, out int length)
    {
        var address = value.Address;
        var hasRoom = target.Length >= InetText.MaxLength + Utf8Text.Slack;
        length = hasRoom ? InetText.Write(target, in address, value.Kind) : 0;
        return hasRoom;
    }

    /// <inheritdoc />
    internal override int Compare(in FieldValue one, in FieldValue other) =>
        one.Kind != other.Kind ? one.Kind.CompareTo(other.Kind) : FieldValue.CompareBits(in one, in other);

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) => literal.Contains('/', StringComparison.Ordinal)
        ? throw new FormatException($"an address is expected; a range stands behind 'in', as in {literal.Trim()}")
        : TestIn(literal);

    /// <inheritdoc />
    internal override FieldTest TestIn(string item)
    {
        var prefix = AddressPrefix.Parse(item);
        return Of((in value) => prefix.Contains(value.Address, value.Kind));
    }
}

/// <summary>An address and a port.</summary>
internal sealed class EndpointType() : FieldType("endpoint", "an address and a port such as 10.0.0.2:80 or [fd00::2]:80")
{
    private static readonly AddressType addresses = new();

    /// <inheritdoc />
    internal override string Text(in FieldValue value) => value.Kind == 4
        ? FormattableString.Invariant($"{value.AddressText()}:{value.Number}")
        : FormattableString.Invariant($"[{value.AddressText()}]:{value.Number}");

    /// <inheritdoc />
    internal override bool TryWrite(Span<byte> target, in FieldValue value, out int length)
    {
        // The address, brackets, a colon and a port.
        length = 0;
        if (target.Length < InetText.MaxLength + Utf8Text.Slack + 8)
        {
            return false;
        }

        var address = value.Address;
        var isBracketed = value.Kind != 4;
        length = isBracketed ? Utf8Text.Write(target, "["u8) : 0;
        length += InetText.Write(target[length..], in address, value.Kind);
        length += Utf8Text.Write(target[length..], isBracketed ? "]:"u8 : ":"u8);
        length += Utf8Text.Write(target[length..], (uint)value.Number);
        return true;
    }

    /// <inheritdoc />
    internal override int Compare(in FieldValue one, in FieldValue other) => addresses.Compare(in one, in other) is not 0 and var order
        ? order
        : one.Number.CompareTo(other.Number);

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal)
    {
        if (!TryParse(literal, out var wanted))
        {
            throw Wrong();
        }

        return Of((in value) => value.Bits == wanted.Bits && value.Number == wanted.Number && value.Kind == wanted.Kind);
    }

    /// <inheritdoc />
    internal override FieldTest TestIn(string item) => TryParse(item, out _) ? Test(Comparator.Equal, item) : addresses.TestIn(item);

    /// <summary>Reads an address and a port; an IPv4-mapped address is IPv4.</summary>
    internal static bool TryParse(string text, out FieldValue value)
    {
        value = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || NumberType.ReadPort(text[(colon + 1)..]) is not { } port)
        {
            return false;
        }

        var isBracketed = colon > 2 && text[0] == '[' && text[colon - 1] == ']';
        if (!InetText.TryParse(isBracketed ? text[1..(colon - 1)] : text[..colon], out var address, out var version) || isBracketed != (version == 6))
        {
            return false;
        }

        value = FieldValue.Plain(in address, version, (ushort)port);
        return true;
    }
}

/// <summary>An instant.</summary>
internal sealed class InstantType() : FieldType("time", "a time such as 2026-01-31T23:59:59.5Z or 1.5 (seconds since the capture begins)")
{
    /// <inheritdoc />
    internal override bool IsOrdered => true;

    /// <inheritdoc />
    internal override string Text(in FieldValue value) => value.Kind == 1
        ? WallTime.Format((ulong)value.Bits)
        : FormattableString.Invariant($"{value.Number}ns");

    /// <inheritdoc />
    internal override int Compare(in FieldValue one, in FieldValue other) => one.Kind == 1 && other.Kind == 1
        ? one.Bits.CompareTo(other.Bits)
        : one.Number.CompareTo(other.Number);

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) => new FieldTest.OfInstant(comparator, TimePoint.Parse(literal));
}
