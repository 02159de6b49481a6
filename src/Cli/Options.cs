using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TraceCap.Recorder;

namespace TraceCap.Cli;

/// <summary>Makes options whose errors say what was given, what is expected, and of which option.</summary>
internal static class Options
{
    private delegate bool TryParse<T>(string text, out T value);

    /// <summary>A switch.</summary>
    internal static Option<bool> Flag(string description, string name, params string[] aliases) =>
        new(name, aliases) { Description = description };

    /// <summary>One capture to read.</summary>
    internal static Argument<string> CaptureFile() => new("FILE") { Description = "A capture; - is standard input." };

    /// <summary>One or more captures to read.</summary>
    internal static Argument<string[]> CaptureFiles() => new("FILE")
    {
        Description = "Captures; - is standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Where a capture is written.</summary>
    internal static Option<string> CaptureOutput() => new("-o", "--output")
    {
        Description = "The capture to write; - is standard output.",
        HelpName = "FILE",
        Required = true,
    };

    /// <summary>Whether what is there already is replaced.</summary>
    internal static Option<bool> Force() => Flag("Replace the output if it is there.", "--force");

    /// <summary>An unsigned 32-bit number, such as a process id or an inode.</summary>
    internal static Option<uint?> Number(string description, string what, string name, params string[] aliases) =>
        Create<uint?>(description, what, "a whole number", name, aliases, (string text, out uint? value) =>
        {
            var isNumber = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            value = number;
            return isNumber;
        });

    /// <summary>A count of at least one.</summary>
    internal static Option<ulong?> Count(string description, string what, string name, params string[] aliases) =>
        Create<ulong?>(description, what, "a whole number above 0", name, aliases, (string text, out ulong? value) =>
        {
            var isNumber = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            value = number;
            return isNumber && number > 0;
        });

    /// <summary>Seconds, with a fraction if need be.</summary>
    internal static Option<TimeSpan?> Seconds(string description, string name, params string[] aliases) =>
        Create<TimeSpan?>(description, "SECONDS", "seconds above 0, such as 10 or 0.5", name, aliases, (string text, out TimeSpan? value) =>
        {
            var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
            var isTime = isNumber && seconds > 0 && seconds < TimeSpan.MaxValue.TotalSeconds;
            value = isTime ? TimeSpan.FromSeconds(seconds) : null;
            return isTime;
        });

    /// <summary>A time with its unit.</summary>
    internal static Option<TimeSpan?> Duration(string description, string name) =>
        Create<TimeSpan?>(description, "DURATION", "a time of a second or more, such as 30s, 15m or 1h", name, [], (string text, out TimeSpan? value) =>
        {
            var isTime = Durations.TryParse(text, out var time);
            value = time;
            return isTime && time >= TimeSpan.FromSeconds(1);
        });

    /// <summary>Bytes, with a suffix K, M or G (1024 each) if need be.</summary>
    internal static Option<long?> Size(string description, string expected, Predicate<long> isAllowed, string name) =>
        Create<long?>(description, "SIZE", expected, name, [], (string text, out long? value) =>
        {
            var isSize = TryParseSize(text, out var size);
            value = size;
            return isSize && isAllowed(size);
        });

    /// <summary>One of a few words.</summary>
    internal static Option<T> Word<T>(string description, string what, IReadOnlyDictionary<string, T> words, string name)
    {
        var option = Create(description, what, string.Join(" or ", words.Keys), name, [], (string text, out T value) => words.TryGetValue(text, out value!));
        option.CompletionSources.Add([.. words.Keys]);
        return option;
    }

    /// <summary>Any text.</summary>
    internal static Option<string?> Text(string description, string what, string name, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = what };

    /// <summary>What a parser reads whose <see cref="FormatException"/> says what is wrong with the text.</summary>
    internal static Option<T?> Explained<T>(string description, string what, Func<string, T> parse, string name, params string[] aliases)
        where T : class => new(name, aliases)
        {
            Description = description,
            HelpName = what,
            CustomParser = result => Parse(result, result.Tokens[^1], parse),
        };

    /// <summary>The same, as often as it is given.</summary>
    internal static Option<T[]> ExplainedList<T>(string description, string what, Func<string, T> parse, string name)
        where T : class => new(name)
        {
            Description = description,
            HelpName = what,
            CustomParser = result => [.. result.Tokens.Select(token => Parse(result, token, parse)).OfType<T>()],
        };

    private static T? Parse<T>(ArgumentResult result, Token token, Func<string, T> parse)
        where T : class
    {
        try
        {
            return parse(token.Value);
        }
        catch (FormatException error)
        {
            result.AddError($"{Spelling(result)} {error.Message}");
            return null;
        }
    }

    /// <summary>Whether an option stands on the command line.</summary>
    internal static bool IsGiven(this CommandResult command, Option option) => command.GetResult(option) is { Implicit: false };

    private static Option<T> Create<T>(
        string description, string what, string expected, string name, string[] aliases, TryParse<T> parse) => new(name, aliases)
        {
            Description = description,
            HelpName = what,
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (!parse(text, out var value))
                {
                    result.AddError($"{Spelling(result)} {text}: {expected} is expected");
                }

                return value;
            },
        };

    private static string Spelling(ArgumentResult result) =>
        result.Parent is OptionResult { IdentifierToken: { } token } ? token.Value : "";

    private static bool TryParseSize(string text, out long size)
    {
        var digits = text.TrimEnd('B', 'b');
        digits = digits.EndsWith('i') ? digits[..^1] : digits;
        var shift = digits.Length == 0 ? 0 : char.ToUpperInvariant(digits[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        var isNumber = long.TryParse(shift > 0 ? digits[..^1] : digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        size = isNumber && number <= long.MaxValue >> shift ? number << shift : 0;
        return size > 0;
    }
}
