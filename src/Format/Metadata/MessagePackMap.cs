using System.Buffers;
using MessagePack;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>How the header, context and footer payloads are read: maps with text keys, of which unknown ones are skipped.</summary>
internal static class MessagePackMap
{
    /// <summary>The most elements of a map or list that a reader keeps.</summary>
    internal const int MaxElements = 1 << 17;

    internal delegate bool ReadField(ref MessagePackReader reader, string key);

    /// <summary>Calls <paramref name="field"/> for each key; it reads the value, or returns false to have it skipped.</summary>
    /// <returns>What was skipped, as it stands there.</returns>
    /// <exception cref="CaptureFormatException">The bytes are not such a map.</exception>
    internal static UnknownKeys Read(ReadOnlyMemory<byte> payload, string what, ReadField field)
    {
        try
        {
            var reader = new MessagePackReader(payload);
            return ReadMap(ref reader, payload, field);
        }
        catch (Exception error) when (error is MessagePackSerializationException or EndOfStreamException
            or OverflowException or InvalidCastException or ArgumentOutOfRangeException)
        {
            // The last is what it throws where it skips more than 2 GiB.
            throw new CaptureFormatException($"the map of the {what} cannot be read: {error.Message}", error);
        }
    }

    private static UnknownKeys ReadMap(ref MessagePackReader reader, ReadOnlyMemory<byte> payload, ReadField field)
    {
        var unknown = new UnknownKeys();
        for (var left = Limit(reader.ReadMapHeader()); left > 0; left--)
        {
            var start = (int)reader.Consumed;
            var key = reader.ReadString() ?? "";
            if (!field(ref reader, key))
            {
                Skip(ref reader);
                unknown.Add(payload.Span[start..(int)reader.Consumed]);
            }
        }

        return unknown;
    }

    internal static List<T> ReadList<T>(ref MessagePackReader reader, ReadItem<T> item)
    {
        var list = new List<T>();
        for (var left = Limit(reader.ReadArrayHeader()); left > 0; left--)
        {
            list.Add(item(ref reader));
        }

        return list;
    }

    internal static void WriteTexts(ref MessagePackWriter writer, IReadOnlyList<string> values)
    {
        writer.WriteArrayHeader(values.Count);
        foreach (var value in values)
        {
            writer.Write(value);
        }
    }

    internal static void WriteTexts(ref MessagePackWriter writer, IReadOnlyDictionary<string, string> values)
    {
        writer.WriteMapHeader(values.Count);
        foreach (var (name, value) in values)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    internal static List<string> ReadTextList(ref MessagePackReader reader) =>
        ReadList(ref reader, (ref MessagePackReader item) => item.ReadString() ?? "");

    internal static Dictionary<string, string> ReadTexts(ref MessagePackReader reader)
    {
        var values = new Dictionary<string, string>();
        for (var left = Limit(reader.ReadMapHeader()); left > 0; left--)
        {
            values[reader.ReadString() ?? ""] = reader.ReadString() ?? "";
        }

        return values;
    }

    /// <summary>Passes a number of elements that are to be kept.</summary>
    internal static int Limit(int elements) => elements <= MaxElements
        ? elements
        : throw new CaptureFormatException($"a map or list has {elements} elements, expected at most {MaxElements}");

    internal delegate T ReadItem<out T>(ref MessagePackReader reader);

    /// <summary>Skips the values of an array that are left when the known ones are read: a later version may add some.</summary>
    internal static void SkipRest(ref MessagePackReader reader, int length, int known)
    {
        for (var left = length - known; left > 0; left--)
        {
            Skip(ref reader);
        }
    }

    /// <summary>Skips one value. The reader's own Skip recurses, and millions of nested arrays would end the stack.</summary>
    private static void Skip(ref MessagePackReader reader)
    {
        for (var left = 1L; left > 0; left--)
        {
            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Array:
                    left += reader.ReadArrayHeader();
                    break;
                case MessagePackType.Map:
                    left += 2L * reader.ReadMapHeader();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    /// <summary>What the writers write into.</summary>
    internal static ArrayBufferWriter<byte> NewBuffer() => new(1024);
}

/// <summary>Keys of a map that this version does not know, and their values: who writes the map anew writes them as they
/// were.</summary>
internal sealed class UnknownKeys
{
    private readonly ArrayBufferWriter<byte> pairs = new();

    /// <summary>How many there are.</summary>
    internal int Count { get; private set; }

    internal void Add(ReadOnlySpan<byte> pair)
    {
        pairs.Write(pair);
        Count++;
    }

    internal void Write(ref MessagePackWriter writer) => writer.WriteRaw(pairs.WrittenSpan);
}
