using System.Text;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>A property in the JSON of events or connections.</summary>
/// <param name="name">Its name: OpenTelemetry's where it has one; else a unit is at its end.</param>
/// <param name="type">What its values are, as the documentation says it; see <see cref="JsonType"/>.</param>
/// <param name="doc">What it tells.</param>
internal class JsonKey(string name, string type, string doc)
{
    /// <summary>The name of the property.</summary>
    public string Name { get; } = name;

    /// <summary>What its values are.</summary>
    public string Type { get; } = type;

    /// <summary>What it tells.</summary>
    public string Doc { get; } = doc;

    /// <summary>What stands before the value: <c>,"name":</c>.</summary>
    public byte[] Key { get; } = Encode(name);

    internal static byte[] Encode(string name) => Encoding.UTF8.GetBytes($",\"{name}\":");

    /// <summary>Writes the property with a word for a number.</summary>
    internal int WriteWord(Span<byte> target, JsonWords words, ulong number)
    {
        var at = Utf8Text.Write(target, Key);
        return at + words.Write(target[at..], number);
    }

    /// <summary>Writes the property with a number.</summary>
    internal int WriteNumber(Span<byte> target, ulong number)
    {
        var at = Utf8Text.Write(target, Key);
        return at + Utf8Text.Write(target[at..], number);
    }

    /// <summary>Writes the property with a number in quotes.</summary>
    internal int WriteDigits(Span<byte> target, ulong number)
    {
        var at = Utf8Text.Write(target, Key);
        return at + Utf8Text.WriteQuoted(target[at..], number);
    }

    /// <summary>Writes the property with true or false.</summary>
    internal int WriteFlag(Span<byte> target, bool flag)
    {
        var at = Utf8Text.Write(target, Key);
        return at + Utf8Text.Write(target[at..], flag ? "true"u8 : "false"u8);
    }
}

/// <summary>What the values of properties are, in words. Durations, counts and bytes are numbers: no honest capture has one of 2^53 or
/// more, up to which every reader of JSON is exact. Ids, times of a clock and what counts up over months are digits in a string.</summary>
internal static class JsonType
{
    internal const string Number = "number";
    internal const string Digits = "digits in a string";
    internal const string Text = "text";
    internal const string Flag = "true or false";
}
