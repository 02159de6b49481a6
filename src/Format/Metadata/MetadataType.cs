using MessagePack;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>Reads one value where the reader stands.</summary>
internal delegate T ReadValue<out T>(ref MessagePackReader reader);

/// <summary>Reads a part of a value, such as that of a key, into what the whole is in memory.</summary>
internal delegate T ReadPart<T>(ref MessagePackReader reader, T value);

/// <summary>Writes one value.</summary>
internal delegate void WriteValue<in T>(ref MessagePackWriter writer, T value);

/// <summary>How a value is stored in a metadata map.</summary>
/// <typeparam name="T">What it is in memory.</typeparam>
/// <param name="Name">What the specification calls the type.</param>
/// <param name="IfMissing">What the value is where its key is missing.</param>
/// <param name="Read">Throws what MessagePack throws, or a <see cref="CaptureFormatException"/>, if the value is of another type.</param>
/// <param name="Write">The reverse.</param>
internal sealed record MetadataType<T>(string Name, string IfMissing, ReadValue<T> Read, WriteValue<T> Write);

/// <summary>An element that a later version added at the end of an array.</summary>
/// <typeparam name="T">What the array is in memory.</typeparam>
/// <param name="IsWritten">Whether a value has it.</param>
/// <param name="Read">Reads it into the value.</param>
/// <param name="Write">Writes it.</param>
internal sealed record LaterElement<T>(Predicate<T> IsWritten, ReadPart<T> Read, WriteValue<T> Write);

/// <summary>The types of values that metadata maps have.</summary>
internal static class MetadataType
{
    /// <summary>The most elements of a map or list that a reader keeps.</summary>
    internal const int MaxElements = 1 << 17;

    internal static readonly MetadataType<string> Text = new(
        "text", "empty", (ref reader) => reader.ReadString() ?? "", (ref writer, value) => writer.Write(value));

    internal static readonly MetadataType<bool> Boolean = new(
        "boolean", "false", (ref reader) => reader.ReadBoolean(), (ref writer, value) => writer.Write(value));

    internal static readonly MetadataType<int> Int32 = new(
        "int32", "0", (ref reader) => reader.ReadInt32(), (ref writer, value) => writer.Write(value));

    internal static readonly MetadataType<long> Int64 = new(
        "int64", "0", (ref reader) => reader.ReadInt64(), (ref writer, value) => writer.Write(value));

    internal static readonly MetadataType<IReadOnlyList<string>> Texts = ListOf(Text);

    internal static readonly MetadataType<IReadOnlyDictionary<string, string>> TextsByName = new(
        "map of text to text",
        "empty",
        (ref reader) => ReadMap(ref reader, Text.Read, Text.Read),
        (ref writer, value) => WriteMap(ref writer, value, Text.Write, Text.Write));

    /// <summary>Any number of values of the same type.</summary>
    internal static MetadataType<IReadOnlyList<T>> ListOf<T>(MetadataType<T> item) => new(
        $"array of {item.Name}",
        "empty",
        (ref reader) =>
        {
            var list = new List<T>();
            for (var left = Limit(reader.ReadArrayHeader()); left > 0; left--)
            {
                list.Add(item.Read(ref reader));
            }

            return list;
        },
        (ref writer, value) =>
        {
            writer.WriteArrayHeader(value.Count);
            foreach (var one in value)
            {
                item.Write(ref writer, one);
            }
        });

    /// <summary>An array whose elements each mean something else. A later version may add some at its end: they are skipped.</summary>
    /// <param name="name">What the specification calls it.</param>
    /// <param name="what">What messages call it.</param>
    /// <param name="length">How many elements this version knows.</param>
    /// <param name="read">Reads these.</param>
    /// <param name="write">Writes these.</param>
    /// <param name="ifMissing">What the value is where its key is missing.</param>
    /// <param name="more">An element behind them that may be missing; null if there is none.</param>
    internal static MetadataType<T> Array<T>(
        string name, string what, int length, ReadValue<T> read, WriteValue<T> write, string ifMissing = "unknown", LaterElement<T>? more = null) => new(
        name,
        ifMissing,
        (ref reader) =>
        {
            var found = reader.ReadArrayHeader();
            if (found < length)
            {
                throw new CaptureFormatException($"{what} has {found} values where it should have {length}");
            }

            var value = read(ref reader);
            var left = found - length;
            if (more is not null && left > 0)
            {
                value = more.Read(ref reader, value);
                left--;
            }

            for (; left > 0; left--)
            {
                Skip(ref reader);
            }

            return value;
        },
        (ref writer, value) =>
        {
            var isLonger = more?.IsWritten(value) ?? false;
            writer.WriteArrayHeader(length + (isLonger ? 1 : 0));
            write(ref writer, value);
            if (isLonger)
            {
                more!.Write(ref writer, value);
            }
        });

    internal static Dictionary<TKey, T> ReadMap<TKey, T>(ref MessagePackReader reader, ReadValue<TKey> key, ReadValue<T> value)
        where TKey : notnull
    {
        var values = new Dictionary<TKey, T>();
        for (var left = Limit(reader.ReadMapHeader()); left > 0; left--)
        {
            values[key(ref reader)] = value(ref reader);
        }

        return values;
    }

    internal static void WriteMap<TKey, T>(
        ref MessagePackWriter writer, IReadOnlyDictionary<TKey, T> values, WriteValue<TKey> key, WriteValue<T> value)
    {
        writer.WriteMapHeader(values.Count);
        foreach (var (one, of) in values)
        {
            key(ref writer, one);
            value(ref writer, of);
        }
    }

    /// <summary>Passes a number of elements that are to be kept.</summary>
    /// <exception cref="CaptureFormatException">There are more than a reader keeps.</exception>
    internal static int Limit(int elements) => elements <= MaxElements
        ? elements
        : throw new CaptureFormatException($"a map or list has {elements} elements, expected at most {MaxElements}");

    /// <summary>Skips one value. The reader's own Skip recurses, and millions of nested arrays would end the stack.</summary>
    internal static void Skip(ref MessagePackReader reader)
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
}
