using System.Globalization;
using System.Text.Json;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>One row of a log of Zeek: values by their names.</summary>
/// <param name="number">That of its line, from 1.</param>
/// <param name="values">Those that are set.</param>
internal sealed class ZeekRow(int number, Dictionary<string, string> values)
{
    private const string Expected = "expected a conn.log of Zeek";

    /// <summary>What a log says of itself before its rows, unless it is JSON.</summary>
    private sealed record Head(char Separator, string Unset, string[]? Fields);

    internal string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>All rows of a log.</summary>
    /// <exception cref="CaptureFormatException">A line is none.</exception>
    internal static IEnumerable<ZeekRow> ReadAll(Stream input)
    {
        using var reader = ImportText.Reader(input);
        var head = new Head('\t', "-", null);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.StartsWith('#'))
            {
                head = Take(head, line, number);
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                yield return line[0] == '{' ? OfJson(line, number) : OfColumns(head, line, number);
            }
        }
    }

    internal string Required(string name) => this[name] ?? throw Wrong($"{name} is not there; {Expected}");

    internal ulong Time(string name)
    {
        var text = Required(name);
        return text.Contains('T', StringComparison.Ordinal) && WallTime.TryParse(text, out var wall) ? wall
            : ImportText.Amount(text, 1_000_000_000, out var time) ? time
            : throw Wrong($"{name} is '{text}'; expected seconds since 1970, or a time such as 2026-01-31T23:59:59.5Z");
    }

    /// <summary>0 where it is not set.</summary>
    internal ulong Duration(string name) => this[name] is not { } text ? 0
        : ImportText.Amount(text, 1_000_000_000, out var duration) ? duration : throw Wrong($"{name} is '{text}'; expected seconds");

    /// <summary>0 where it is not set.</summary>
    internal ulong Count(string name) => this[name] is not { } text ? 0
        : ImportText.Number(text, ulong.MaxValue / 2, value => value, out var count) ? count : throw Wrong($"{name} is '{text}'; expected a number");

    internal ushort Port(string name) => ImportText.Port(Required(name), out var port) ? port : throw Wrong($"{name} is '{Required(name)}'; expected a port");

    internal (Address Address, byte Version) Address(string name) =>
        ImportText.Address(Required(name), out var address, out var version) ? (address, version) : throw Wrong($"{name} is '{Required(name)}'; expected an address");

    internal CaptureFormatException Wrong(string what) => ImportText.Wrong(number, what);

    private static Head Take(Head head, string line, int number)
    {
        var (name, value) = line.IndexOfAny([head.Separator, ' ']) is > 0 and var at ? (line[..at], line[(at + 1)..]) : (line, "");
        return name switch
        {
            "#separator" => head with
            {
                Separator = value.Length == 4 && value.StartsWith("\\x", StringComparison.Ordinal) && byte.TryParse(value.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out var one)
                    ? (char)one : throw ImportText.Wrong(number, $"#separator is '{value}'; expected one such as \\x09"),
            },
            "#unset_field" => head with { Unset = value },
            "#path" when value != "conn" => throw ImportText.Wrong(number, $"this is Zeek's {value}.log; expected conn.log"),
            "#fields" => head with { Fields = value.Split(head.Separator) },
            _ => head,
        };
    }

    private static ZeekRow OfColumns(Head head, string line, int number)
    {
        var fields = head.Fields ?? throw ImportText.Wrong(number, "expected #fields before it, as Zeek writes it");
        var values = line.Split(head.Separator);
        if (values.Length != fields.Length)
        {
            throw ImportText.Wrong(number, $"there are {values.Length} columns; expected the {fields.Length} of #fields");
        }

        var row = new Dictionary<string, string>();
        for (var i = 0; i < fields.Length; i++)
        {
            if (values[i] != head.Unset)
            {
                row[fields[i]] = values[i];
            }
        }

        return new ZeekRow(number, row);
    }

    private static ZeekRow OfJson(string line, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = new Dictionary<string, string>();
            foreach (var property in json.RootElement.EnumerateObject().Where(property => property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number))
            {
                row[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText();
            }

            return new ZeekRow(number, row);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw ImportText.Wrong(number, "it is not JSON");
        }
    }
}
