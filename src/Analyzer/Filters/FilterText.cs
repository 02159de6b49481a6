using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Fields;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Filters;

/// <summary>
/// Reads a filter as the command line has it: options and their values, divided by blanks or <c>=</c>. A value with blanks
/// stands in double quotes, and there a backslash stands before a quote or a backslash.
/// </summary>
/// <param name="text">Such as <c>--comm wrk --port 80,443</c>.</param>
internal sealed class FilterReader(string text)
{
    private int at;
    private string option = "";

    /// <summary>Goes on to the next option.</summary>
    /// <returns>Its name; null at the end.</returns>
    internal string? Next()
    {
        SkipBlanks();
        if (at == text.Length)
        {
            return null;
        }

        var end = text.AsSpan(at).IndexOfAny(" \t\r\n=") is var length and >= 0 ? at + length : text.Length;
        option = text[at..end];
        at = end;
        return option;
    }

    /// <summary>The value of the option.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    internal string Value()
    {
        at += at < text.Length && text[at] == '=' ? 1 : 0;
        SkipBlanks();
        if (at == text.Length)
        {
            throw new FormatException($"'{text}': {option} is without a value");
        }

        var value = new StringBuilder();
        var isQuoted = false;
        for (; at < text.Length && (isQuoted || !char.IsWhiteSpace(text[at])); at++)
        {
            if (text[at] == '"')
            {
                isQuoted = !isQuoted;
                continue;
            }

            at += isQuoted && text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            value.Append(text[at]);
        }

        return isQuoted ? throw new FormatException($"'{text}': a closing \" is missing") : value.ToString();
    }

    /// <summary>The value as numbers with commas between them.</summary>
    /// <param name="least">The least that one may be.</param>
    internal ImmutableArray<uint> Numbers(uint least) => [.. Value().Split(',').Select(value =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new FormatException($"{option}: '{value}' is no number from {least} to {uint.MaxValue}"))];

    /// <summary>The value as ports with commas between them.</summary>
    internal ImmutableArray<ushort> Ports()
    {
        try
        {
            return [.. Value().Split(',').Select(PortNames.Parse)];
        }
        catch (FormatException error)
        {
            throw new FormatException($"{option}: {error.Message}", error);
        }
    }

    /// <summary>The value as a duration in nanoseconds.</summary>
    internal ulong Duration() => Durations.Parse(Value());

    /// <summary>What is to be said of an option that nobody knows.</summary>
    /// <param name="known">Those that there are.</param>
    internal FormatException Unknown(string known) => new($"'{option}' in '{text}' is no filter; expected some of {known}");

    private void SkipBlanks()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }
}

/// <summary>Writes a filter as <see cref="FilterReader"/> reads it.</summary>
internal sealed class FilterText
{
    private static readonly string[] quoted = [" ", "\t", "\r", "\n", "\"", "\\", "="];

    private readonly StringBuilder text = new();

    /// <summary>Adds an option without a value, if it is set.</summary>
    internal FilterText Flag(string option, bool isSet) => isSet ? Append(option) : this;

    /// <summary>Adds an option, unless its value is null.</summary>
    internal FilterText Option<T>(string option, T? value)
    {
        if (value is null)
        {
            return this;
        }

        var plain = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        var isQuoted = plain.Length == 0 || quoted.Any(mark => plain.Contains(mark, StringComparison.Ordinal));
        return Append(option).Append(isQuoted
            ? "\"" + plain.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\""
            : plain);
    }

    /// <summary>Adds an option for each of its values.</summary>
    internal FilterText Options<T>(string option, ImmutableArray<T> values)
        where T : notnull
    {
        foreach (var value in values)
        {
            Option(option, value);
        }

        return this;
    }

    /// <summary>Adds what another filter has written; nothing if that is empty.</summary>
    internal FilterText Append(string more)
    {
        text.Append(text.Length > 0 && more.Length > 0 ? " " : "").Append(more);
        return this;
    }

    /// <inheritdoc />
    public override string ToString() => text.ToString();
}
