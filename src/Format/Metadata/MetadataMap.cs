using System.Buffers;
using MessagePack;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>
/// The payload of a header, context or footer block: a MessagePack map with text keys. One table of keys reads it, writes it,
/// and has what the specification says of each.
/// </summary>
/// <typeparam name="T">What the map is in memory.</typeparam>
/// <param name="name">What messages call the block.</param>
internal sealed class MetadataMap<T>(string name)
{
    private readonly List<MetadataKey<T>> keys = [];

    /// <summary>The keys in the order in which they are written.</summary>
    internal IReadOnlyList<MetadataKey<T>> Keys => keys;

    /// <summary>Adds a key.</summary>
    /// <typeparam name="TValue">What its value is in memory.</typeparam>
    /// <param name="key">Its name.</param>
    /// <param name="type">How its value is stored.</param>
    /// <param name="doc">What it says, as a sentence of the specification.</param>
    /// <param name="get">Gives the value.</param>
    /// <param name="with">Sets it.</param>
    /// <param name="when">Whether it is written; always if not given.</param>
    /// <param name="ifMissing">What its value is where it is missing; that of the type if not given.</param>
    internal MetadataMap<T> Key<TValue>(
        string key,
        MetadataType<TValue> type,
        string doc,
        Func<T, TValue> get,
        Func<T, TValue, T> with,
        Predicate<T>? when = null,
        string? ifMissing = null)
    {
        keys.Add(new MetadataKey<T>(
            key,
            type.Name,
            ifMissing ?? type.IfMissing,
            doc,
            (ref reader, value) => with(value, type.Read(ref reader)),
            (ref writer, value) => type.Write(ref writer, get(value)),
            when ?? (_ => true)));
        return this;
    }

    /// <summary>Reads a payload. Of a key that occurs twice the last one counts; bytes behind the map are ignored.</summary>
    /// <param name="payload">Unpacked.</param>
    /// <param name="value">What is to be filled in.</param>
    /// <param name="unknown">The keys that this version does not know.</param>
    /// <exception cref="CaptureFormatException">The bytes are not such a map.</exception>
    internal T Read(ReadOnlyMemory<byte> payload, T value, out UnknownKeys unknown)
    {
        try
        {
            var reader = new MessagePackReader(payload);
            return Read(ref reader, payload.Span, value, out unknown);
        }
        catch (Exception error) when (error is MessagePackSerializationException or EndOfStreamException
            or OverflowException or InvalidCastException or ArgumentOutOfRangeException)
        {
            // The last is what it throws where it skips more than 2 GiB.
            throw new CaptureFormatException($"the map of the {name} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Writes a payload.</summary>
    /// <param name="target">Gets it.</param>
    /// <param name="value">What is to be said.</param>
    /// <param name="unknown">What a later version said beside it.</param>
    internal void Write(IBufferWriter<byte> target, T value, UnknownKeys? unknown = null)
    {
        var writer = new MessagePackWriter(target);
        var count = unknown?.Count ?? 0;
        foreach (var key in keys)
        {
            count += key.IsWritten(value) ? 1 : 0;
        }

        writer.WriteMapHeader(count);
        foreach (var key in keys)
        {
            if (key.IsWritten(value))
            {
                writer.Write(key.Name);
                key.Write(ref writer, value);
            }
        }

        unknown?.Write(ref writer);
        writer.Flush();
    }

    private T Read(ref MessagePackReader reader, ReadOnlySpan<byte> payload, T value, out UnknownKeys unknown)
    {
        unknown = new UnknownKeys();
        for (var left = MetadataType.Limit(reader.ReadMapHeader()); left > 0; left--)
        {
            var start = (int)reader.Consumed;
            var found = MetadataType.Text.Read(ref reader);
            if (keys.Find(key => key.Name == found) is { } known)
            {
                value = known.Read(ref reader, value);
            }
            else
            {
                MetadataType.Skip(ref reader);
                unknown.Add(payload[start..(int)reader.Consumed]);
            }
        }

        return value;
    }
}

/// <summary>A key of a metadata map.</summary>
/// <typeparam name="T">What the map is in memory.</typeparam>
/// <param name="Name">The key.</param>
/// <param name="Type">The type of its value, as the specification calls it.</param>
/// <param name="IfMissing">What its value is where it is missing.</param>
/// <param name="Doc">What it says.</param>
/// <param name="Read">Reads its value.</param>
/// <param name="Write">Writes its value.</param>
/// <param name="IsWritten">Whether it is written at all.</param>
internal sealed record MetadataKey<T>(
    string Name, string Type, string IfMissing, string Doc, ReadPart<T> Read, WriteValue<T> Write, Predicate<T> IsWritten);
