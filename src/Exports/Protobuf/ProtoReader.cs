using System.Text;

namespace TraceCap.Exports.Protobuf;

/// <summary>Reads a message of Protocol Buffers field by field. What a server sends may be anything: what is no message ends where that shows.</summary>
/// <param name="message">The message.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> rest = message;

    /// <summary>The field's number.</summary>
    internal int Field { get; private set; }

    /// <summary>Its value, if it is a number.</summary>
    internal ulong Number { get; private set; }

    /// <summary>Its value, if it has bytes: a text or a message.</summary>
    internal ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The same as text.</summary>
    internal readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False at the end.</returns>
    internal bool Read()
    {
        Number = 0;
        Bytes = default;
        if (!TryReadVarint(out var tag))
        {
            return false;
        }

        Field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                var isNumber = TryReadVarint(out var number);
                Number = number;
                return isNumber;
            case 1:
                return TryTake(sizeof(ulong));
            case 2:
                return TryReadVarint(out var length) && length <= (ulong)rest.Length && TryTake((int)length);
            case 5:
                return TryTake(sizeof(uint));
            default:
                return false;
        }
    }

    private bool TryTake(int count)
    {
        if (rest.Length < count)
        {
            return false;
        }

        Bytes = rest[..count];
        rest = rest[count..];
        return true;
    }

    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var at = 0; at < rest.Length && at < 10; at++)
        {
            value |= (ulong)(rest[at] & 0x7f) << (7 * at);
            if (rest[at] < 0x80)
            {
                rest = rest[(at + 1)..];
                return true;
            }
        }

        rest = default;
        return false;
    }
}
