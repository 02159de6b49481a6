using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Fields;

/// <summary>How the values of a field look in JSON.</summary>
internal enum JsonShape
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A list of strings.</summary>
    Words,
}

/// <summary>What the values of a field are: how they are written, read, compared and put in order. There is one of each kind in
/// <see cref="FieldTypes"/>.</summary>
/// <param name="name">What it is called in lists.</param>
/// <param name="expected">What a value looks like, for messages.</param>
internal abstract class FieldType(string name, string expected)
{
    /// <summary>What it is called in lists.</summary>
    internal string Name { get; } = name;

    /// <summary>What a value looks like, for messages.</summary>
    internal string Expected { get; } = expected;

    /// <summary>How JSON has it.</summary>
    internal virtual JsonShape Shape => JsonShape.Text;

    /// <summary>Whether one value can be greater than another.</summary>
    internal virtual bool IsOrdered => false;

    /// <summary>Values that are words, for suggestions.</summary>
    internal virtual IEnumerable<string> Words => [];

    /// <summary>The value as programs read it: without rounding, whatever the culture. What a host chose may have control characters.
    /// </summary>
    internal abstract string Text(in FieldValue value);

    /// <summary>The same in UTF-8.</summary>
    /// <returns>Whether there was room.</returns>
    internal virtual bool TryWrite(Span<byte> target, in FieldValue value, out int length) =>
        Encoding.UTF8.TryGetBytes(Text(in value), target, out length);

    /// <summary>The value as people read it; harmless for a terminal.</summary>
    internal virtual string TextForPeople(in FieldValue value) => PrintableText.Of(Text(in value));

    /// <summary>Whether a known value says anything: a cgroup need not be that of a container.</summary>
    internal virtual bool Has(in FieldValue value) => true;

    /// <summary>What is the same for all values that <see cref="Text"/> shows alike, to group by.</summary>
    internal virtual FieldValue KeyOf(in FieldValue value) => value;

    /// <summary>Which of two values comes first: ascending.</summary>
    internal virtual int Compare(in FieldValue one, in FieldValue other) => one.Number.CompareTo(other.Number);

    /// <summary>The test of a comparison other than <see cref="Comparator.Unequal"/>, which is the opposite of
    /// <see cref="Comparator.Equal"/>.</summary>
    /// <param name="comparator">If the type is not ordered, <see cref="Comparator.Equal"/>.</param>
    /// <param name="literal">As the user wrote it, without quotes.</param>
    /// <exception cref="FormatException">It is no value; the message says what is expected.</exception>
    internal abstract FieldTest Test(Comparator comparator, string literal);

    /// <summary>The test of an item behind <c>in</c>: a value, or a range of them if the type has such.</summary>
    /// <inheritdoc cref="Test" path="/exception" />
    internal virtual FieldTest TestIn(string item) => Test(Comparator.Equal, item);

    /// <summary>What is to be said of a literal that is none.</summary>
    protected FormatException Wrong() => new($"{Expected} is expected");

    /// <summary>Makes a test of a value.</summary>
    protected static FieldTest Of(Judge holds) => new FieldTest.OfValue(holds);
}

/// <summary>A whole number: a count, a time, a size, a port.</summary>
/// <param name="name">What it is called in lists.</param>
/// <param name="expected">What a value looks like.</param>
/// <param name="read">Reads a literal, exactly, in the unit that it is counted in.</param>
/// <param name="forPeople">Shows it to people; null: as it is.</param>
/// <param name="shape">How JSON has it.</param>
internal sealed class NumberType(
    string name, string expected, Func<string, UInt128?> read, Func<ulong, string>? forPeople = null, JsonShape shape = JsonShape.Number)
    : FieldType(name, expected)
{
    /// <summary>How many of the literals' unit are one of the values': 1,000 where values are microseconds and literals exact to the
    /// nanosecond.</summary>
    internal uint Scale { get; init; } = 1;

    /// <summary>Reads a port.</summary>
    internal static UInt128? ReadPort(string text) =>
        PortNames.TryParse(text, out var port) ? port : (UInt128?)null;

    /// <inheritdoc />
    internal override JsonShape Shape => shape;

    /// <inheritdoc />
    internal override bool IsOrdered => true;

    /// <inheritdoc />
    internal override string Text(in FieldValue value) => value.Number.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc />
    internal override bool TryWrite(Span<byte> target, in FieldValue value, out int length) =>
        value.Number.TryFormat(target, out length, default, CultureInfo.InvariantCulture);

    /// <inheritdoc />
    internal override string TextForPeople(in FieldValue value) => forPeople is null ? Text(in value) : forPeople(value.Number);

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal)
    {
        var limit = read(literal) ?? throw Wrong();
        var scale = (UInt128)Scale;
        return comparator switch
        {
            Comparator.Less => Of((in value) => value.Number * scale < limit),
            Comparator.AtMost => Of((in value) => value.Number * scale <= limit),
            Comparator.Greater => Of((in value) => value.Number * scale > limit),
            Comparator.AtLeast => Of((in value) => value.Number * scale >= limit),
            _ => Of((in value) => value.Number * scale == limit),
        };
    }

    /// <inheritdoc />
    internal override FieldTest TestIn(string item)
    {
        var dash = item.IndexOf('-', StringComparison.Ordinal);
        // A name may have one, too.
        if (dash < 0 || read(item) is not null)
        {
            return Test(Comparator.Equal, item);
        }

        var (least, most) = (read(item[..dash].Trim()) ?? throw Wrong(), read(item[(dash + 1)..].Trim()) ?? throw Wrong());
        var scale = (UInt128)Scale;
        return least <= most
            ? Of((in value) => value.Number * scale >= least && value.Number * scale <= most)
            : throw new FormatException("a range is expected whose first value is the lesser one");
    }
}

/// <summary>True or false.</summary>
internal sealed class FlagType() : FieldType("flag", "true or false")
{
    /// <inheritdoc />
    internal override JsonShape Shape => JsonShape.Flag;

    /// <inheritdoc />
    internal override IEnumerable<string> Words => ["true", "false"];

    /// <inheritdoc />
    internal override string Text(in FieldValue value) => value.Number != 0 ? "true" : "false";

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) => literal switch
    {
        "true" or "yes" or "1" => Of((in value) => value.Number != 0),
        "false" or "no" or "0" => Of((in value) => value.Number == 0),
        _ => throw Wrong(),
    };
}

/// <summary>One of some words.</summary>
/// <param name="words">The words.</param>
/// <param name="hasMany">Whether they are too many to list.</param>
internal sealed class WordType(Words words, bool hasMany = false)
    : FieldType("word", hasMany ? $"a word such as {words.All.ElementAt(1)}" : $"one of {words.List}")
{
    /// <summary>Another way to write a word, such as its capital letter; null if there is none.</summary>
    internal Func<string, string?> Spelling { get; init; } = _ => null;

    /// <inheritdoc />
    internal override IEnumerable<string> Words => words.All;

    /// <inheritdoc />
    internal override string Text(in FieldValue value) => words.Of(value.Number);

    /// <inheritdoc />
    internal override int Compare(in FieldValue one, in FieldValue other) => string.CompareOrdinal(Text(in one), Text(in other));

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) =>
        words.TryRead(literal, out var number) || (Spelling(literal) is { } spelt && words.TryRead(spelt, out number))
            ? Of((in value) => value.Number == number)
            : throw new FormatException(NearestWord.Find(literal, words.All) is { } nearest ? $"did you mean {nearest}? {Expected} is expected" : $"{Expected} is expected");
}

/// <summary>A list of words, of which an event may have several.</summary>
/// <param name="words">The words, of powers of two.</param>
internal sealed class WordSetType(Words words) : FieldType("words", $"one of {words.List}")
{
    /// <inheritdoc />
    internal override JsonShape Shape => JsonShape.Words;

    /// <inheritdoc />
    internal override IEnumerable<string> Words => words.All;

    /// <inheritdoc />
    internal override string Text(in FieldValue value)
    {
        var set = value.Number;
        return string.Join('|', Enumerable.Range(0, 8).Select(bit => 1ul << bit).Where(bit => (set & bit) != 0).Select(words.Of));
    }

    /// <inheritdoc />
    internal override FieldTest Test(Comparator comparator, string literal) =>
        words.TryRead(literal, out var number) ? Of((in value) => (value.Number & number) != 0) : throw Wrong();
}
