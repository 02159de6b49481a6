using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

internal delegate T Get<out T>(in TcpEvent e);

internal delegate void Set<in T>(ref TcpEvent e, T value);

/// <summary>What an event has in common with its connection.</summary>
internal enum JsonPart
{
    /// <summary>Nothing: what only events have.</summary>
    Event,

    /// <summary>Addresses, ports, the socket.</summary>
    Network,

    /// <summary>Who did it: the process and the thread.</summary>
    Who,

    /// <summary>What else is known of that task.</summary>
    Task,

    /// <summary>What a connect tells.</summary>
    Connect,

    /// <summary>What a failed connect tells, and an end with an error.</summary>
    Failure,

    /// <summary>What a close tells, and an end.</summary>
    Close,
}

/// <summary>One property of an event in JSON: its name, and how its value is written and read.</summary>
internal abstract class JsonField(JsonPart part, string name, string type, string doc) : JsonKey(name, type, doc)
{
    /// <summary>What it is a part of.</summary>
    public JsonPart Part { get; } = part;

    /// <summary>Its name in earlier versions, which is read as well; null if it had no other.</summary>
    public string? OldName { get; init; }

    /// <summary>Whether an event without it cannot be read.</summary>
    public bool Required { get; init; }

    /// <summary>Whether it is read after all others, wherever it stands: who sorts the properties of an object changes nothing.</summary>
    public bool IsReadLast { get; init; }

    private readonly byte[] key = [.. Encode(name), .. new byte[Utf8Text.Slack]];

    /// <summary>Writes the key and the value, and may touch <see cref="Utf8Text.Slack"/> bytes behind them; 0 bytes if the event has none.</summary>
    public int WriteProperty(Span<byte> target, in TcpEvent e)
    {
        var length = key.Length - Utf8Text.Slack;
        // Most names are shorter: one store of a fixed size, and the value over what is behind the name.
        Vector256.Create(key.AsSpan()).CopyTo(target);
        if (length > Vector256<byte>.Count)
        {
            key.AsSpan(0, length).CopyTo(target);
        }

        var value = Write(target[length..], in e);
        return value > 0 ? length + value : 0;
    }

    /// <summary>Writes a key and the value; 0 bytes if the event has none.</summary>
    public int WriteAfter(Span<byte> target, byte[] key, in TcpEvent e)
    {
        var value = Write(target[key.Length..], in e);
        return value > 0 ? Utf8Text.Write(target, key) + value : 0;
    }

    /// <summary>Writes the value; 0 bytes if the event has none.</summary>
    public abstract int Write(Span<byte> target, in TcpEvent e);

    /// <summary>Takes the value that the reader is at.</summary>
    /// <exception cref="CaptureFormatException">It is not what the property holds.</exception>
    public abstract void Read(ref Utf8JsonReader reader, ref TcpEvent e);

    protected string ReadString(ref Utf8JsonReader reader, string expected) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Wrong(ref reader, expected);

    /// <summary>Says what was found and what should have been.</summary>
    protected CaptureFormatException Wrong(ref Utf8JsonReader reader, string expected)
    {
        var found = reader.TokenType switch
        {
            JsonTokenType.StartArray => "a list",
            JsonTokenType.StartObject => "an object",
            JsonTokenType.String => $"\"{reader.GetString()}\"",
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };
        return new CaptureFormatException($"{Name} is {found}; expected {expected}");
    }
}

/// <summary>A number that is written as a number or by a word.</summary>
internal abstract class IntegerField(JsonPart part, string name, string type, string doc, ulong max, Get<ulong> get, Set<ulong> set)
    : JsonField(part, name, type, doc)
{
    /// <summary>Whether no event has it if it is 0.</summary>
    public bool IsNoneAt0 { get; init; }

    public override int Write(Span<byte> target, in TcpEvent e)
    {
        var number = get(in e);
        return number != 0 || (!IsNoneAt0 && IsOf(in e)) ? Write(target, number) : 0;
    }

    public override void Read(ref Utf8JsonReader reader, ref TcpEvent e)
    {
        if (!TryRead(ref reader, out var number) || number > max)
        {
            throw Wrong(ref reader, Expected(max));
        }

        set(ref e, number);
    }

    /// <summary>Whether such an event always has it; others have it unless it is 0.</summary>
    private bool IsOf(in TcpEvent e) => Part switch
    {
        JsonPart.Who => e.HasTask,
        JsonPart.Task => e.HasThread,
        JsonPart.Connect => e.Type is TcpEventType.Connect or TcpEventType.ConnectFailed,
        JsonPart.Failure => e.Type == TcpEventType.ConnectFailed,
        JsonPart.Close => e.Tells(0),
        _ => true,
    };

    protected abstract int Write(Span<byte> target, ulong number);

    protected abstract bool TryRead(ref Utf8JsonReader reader, out ulong number);

    protected abstract string Expected(ulong max);
}

/// <summary>A whole number, as a number or as digits in a string; read is either.</summary>
internal sealed class NumberField(
    JsonPart part, string name, string doc, ulong max, Get<ulong> get, Set<ulong> set, string type = JsonType.Number)
    : IntegerField(part, name, type, doc, max, get, set)
{
    private readonly bool isQuoted = type == JsonType.Digits;

    protected override int Write(Span<byte> target, ulong number) =>
        isQuoted ? Utf8Text.WriteQuoted(target, number) : Utf8Text.Write(target, number);

    protected override bool TryRead(ref Utf8JsonReader reader, out ulong number)
    {
        number = 0;
        return reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetUInt64(out number),
            JsonTokenType.String =>
                ulong.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
    }

    protected override string Expected(ulong max) => $"a whole number from 0 to {max}";
}

/// <summary>A word that stands for a number.</summary>
internal sealed class WordField(JsonPart part, string name, JsonWords words, string doc, ulong max, Get<ulong> get, Set<ulong> set)
    : IntegerField(part, name, words.Type, doc, max, get, set)
{
    protected override int Write(Span<byte> target, ulong number) => words.Write(target, number);

    protected override bool TryRead(ref Utf8JsonReader reader, out ulong number)
    {
        number = 0;
        return reader.TokenType == JsonTokenType.String && words.TryRead(reader.GetString()!, out number);
    }

    protected override string Expected(ulong max) => $"one of {words.List}";
}

/// <summary>A list of the words of the flags that are set; absent without any.</summary>
internal sealed class FlagsField(string name, string doc)
    : JsonField(JsonPart.Event, name, $"list of {JsonWords.Flags.List}", doc)
{
    public override int Write(Span<byte> target, in TcpEvent e)
    {
        if (e.Flags == TcpEventFlags.None)
        {
            return 0;
        }

        var at = 0;
        for (var bit = 1; bit <= byte.MaxValue; bit <<= 1)
        {
            if (((int)e.Flags & bit) == 0)
            {
                continue;
            }

            target[at++] = (byte)',';
            at += JsonWords.Flags.Write(target[at..], (ulong)bit);
        }

        target[0] = (byte)'[';
        target[at++] = (byte)']';
        return at;
    }

    public override void Read(ref Utf8JsonReader reader, ref TcpEvent e)
    {
        var expected = $"a list of {JsonWords.Flags.List}";
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong(ref reader, expected);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!JsonWords.Flags.TryRead(ReadString(ref reader, expected), out var flag) || flag > byte.MaxValue)
            {
                throw Wrong(ref reader, expected);
            }

            e.Flags |= (TcpEventFlags)flag;
        }
    }
}
