using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;
using TraceCap.Cli.Completion;
using TraceCap.Exports.DuckDb;
using TraceCap.Format.Units;

namespace TraceCap.Cli.Options;

/// <summary>Makes options whose errors say what was given, what is expected, and of which option.</summary>
internal static class OptionFactory
{
    private const string DurationExpected = "a time above 0, such as 50us, 10ms, 1s, 5m or 1h";
    private const string SecondsExpected = DurationExpected + "; a number alone is seconds";

    private const string IntervalExpected = "100ns or a multiple of it, such as 50us, 10ms, 1s, 5m or 1h";

    private delegate bool TryParse<T>(string text, out T value);

    /// <summary>A switch.</summary>
    internal static Option<bool> Flag(string description, string name, params string[] aliases) =>
        new(name, aliases) { Description = description };

    /// <summary>One capture to read.</summary>
    internal static Argument<string> CaptureFile() => File("A capture; - is standard input.").Offering(ValueSource.Captures);

    /// <summary>One file to read.</summary>
    internal static Argument<string> File(string description, string name = "FILE")
    {
        var file = new Argument<string>(name) { Description = description };
        file.Validators.Add(result => CheckNames(result, name));
        return file.Offering(ValueSource.Files());
    }

    /// <summary>One or more captures to read.</summary>
    internal static Argument<string[]> CaptureFiles(string description = "Captures; - is standard input.")
    {
        var files = new Argument<string[]>("FILE") { Description = description, Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(result => CheckNames(result, "FILE"));
        files.Validators.Add(result =>
        {
            if (result.Tokens.Count(token => token.Value == Files.CaptureName.Pipe) > 1)
            {
                result.AddError("FILE: standard input can be read once only; - is there twice");
            }
        });
        if (OperatingSystem.IsWindows())
        {
            // There no shell does it.
            files.CustomParser = Expand;
        }

        return files.Offering(ValueSource.Captures);
    }

    /// <summary>The files that patterns mean.</summary>
    internal static string[] Expand(ArgumentResult names)
    {
        try
        {
            return [.. CapturePatterns.Expand(names.Tokens.Select(token => token.Value))];
        }
        catch (SqlException error)
        {
            names.AddError(error.Message);
            return [];
        }
    }

    /// <summary>What metrics there are, for the help of a command that takes expressions.</summary>
    internal static string MetricNames =>
        $"Metrics: {string.Join(' ', MetricTable.All.Select(metric => metric.Name))}; docs/analysis.md says what they are.";

    /// <summary>Where a capture is written.</summary>
    internal static Option<string> CaptureOutput() => Output("The capture to write; - is standard output.").Offering(ValueSource.Captures);

    /// <summary>Where a page of HTML is written. A name that ends in anything else is a mistake.</summary>
    internal static Option<string> Page(string description)
    {
        var output = Output(description);
        output.Validators.Add(result =>
        {
            foreach (var name in result.Tokens.Select(token => token.Value).Where(name => Path.GetExtension(name).ToLowerInvariant() is not ("" or ".html" or ".htm")))
            {
                result.AddError($"-o {name}: it would be a page of HTML; expected a name that ends in .html");
            }
        });
        return output.Offering(ValueSource.Files("*.html"));
    }

    /// <summary>Where something is written.</summary>
    internal static Option<string> Output(string description)
    {
        var output = new Option<string>("-o", "--output")
        {
            Description = description,
            HelpName = "FILE",
            Required = true,
        };
        output.Validators.Add(result => CheckNames(result, "-o"));
        return output.Offering(ValueSource.Files());
    }

    /// <summary>Whether what is there already is replaced.</summary>
    internal static Option<bool> Force() => Flag("Replace the output if it is there.", "--force");

    /// <summary>By what connections are told apart.</summary>
    /// <param name="description">What for.</param>
    /// <param name="forFailures">Whether there may be groups of those that failed only.</param>
    internal static Option<Grouping?> By(string description, bool forFailures = true)
    {
        var words = Grouping.All.Where(one => forFailures || !one.IsOfFailures).Select(one => one.Word).ToArray();
        return Explained(
            Explain(description, Grouping.Expected),
            "FIELDS",
            text => Grouping.Parse(text) is { } found && (forFailures || !found.IsOfFailures) ? found : throw new FormatException($"connections that did not fail have no {text}; expected one of {string.Join(", ", words)}, or other fields"),
            "--by").Offering(Vocabulary.Groupings(forFailures));
    }

    /// <summary>Whether expectations are judged as if nothing were missing.</summary>
    internal static Option<bool> AllowLoss() => Flag(
        "Judge by what was recorded, even if lost events, damage or filters may have hidden something; what is missing is told all the same.",
        "--allow-loss");

    /// <summary>A count of at least one.</summary>
    internal static Option<ulong?> Count(string description, string what, string name, params string[] aliases) =>
        Create<ulong?>(description, what, Invariant($"a whole number from 1 to {ulong.MaxValue}"), name, aliases, (string text, out ulong? value) =>
        {
            var isNumber = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            value = number;
            return isNumber && number > 0;
        });

    /// <summary>A time, of which a number alone is seconds, with a fraction if need be.</summary>
    internal static Option<TimeSpan?> Seconds(string description, string name, params string[] aliases) =>
        Create<TimeSpan?>(Explain(description, SecondsExpected), "TIME", SecondsExpected, name, aliases, (string text, out TimeSpan? value) =>
        {
            var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
            if (isNumber)
            {
                value = seconds > 0 && seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
            }
            else
            {
                value = Durations.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero ? time : null;
            }

            return value is not null;
        });

    /// <summary>A time with its unit.</summary>
    internal static Option<TimeSpan?> Duration(string description, string what, string name, params string[] aliases) =>
        Create<TimeSpan?>(Explain(description, DurationExpected), what, DurationExpected, name, aliases, ParseDuration);

    /// <summary>The length of intervals, which are no shorter than what a <see cref="TimeSpan"/> counts in.</summary>
    internal static Option<TimeSpan?> Interval(string description, string name) =>
        Create<TimeSpan?>(Explain(description, IntervalExpected), "TIME", IntervalExpected, name, [], ParseDuration);

    /// <summary>Ports, by their numbers or names.</summary>
    /// <param name="description">Which, in a sentence that goes on.</param>
    /// <param name="name">The option.</param>
    /// <param name="aliases">Other names of it.</param>
    internal static Option<ushort[]> Ports(string description, string name, params string[] aliases) =>
        List($"{description}, such as 443, 80,443 or https; also several times.", "PORTS", PortNames.Parse, name, aliases).Offering(Vocabulary.Ports.Listed());

    /// <summary>Bytes, with a suffix K, M or G (1024 each) if need be.</summary>
    internal static Option<long?> Size(string description, string expected, Predicate<long> isAllowed, string name) =>
        Create<long?>(Explain(description, expected), "SIZE", expected, name, [], (string text, out long? value) =>
        {
            var isSize = Sizes.TryParse(text, out var size) && size is > 0 and <= long.MaxValue;
            value = isSize ? (long)size : null;
            return isSize && isAllowed((long)size);
        });

    /// <summary>One of a few words, which the help lists.</summary>
    /// <param name="description">What for.</param>
    /// <param name="what">What a word is.</param>
    /// <param name="words">The words.</param>
    /// <param name="name">The option.</param>
    /// <param name="meaning">What a word means, in a few words, for completion; null if they say it themselves.</param>
    internal static Option<T> Word<T>(string description, string what, IReadOnlyDictionary<string, T> words, string name, Func<T, string?>? meaning = null)
    {
        var expected = words.Count > 2 ? $"one of {string.Join(", ", words.Keys)}" : string.Join(" or ", words.Keys);
        return Create(Explain(description, expected), what, expected, name, [], (string text, out T value) => words.TryGetValue(text, out value!), text => NearestWord.Find(text, words.Keys))
            .Offering(ValueSource.Words(words, one => one.Key, one => meaning?.Invoke(one.Value)));
    }

    /// <summary>What a parser reads that explains itself, once.</summary>
    internal static Option<T?> Parsed<T>(string description, string what, Func<string, T> parse, string name, params string[] aliases)
        where T : struct => new(name, aliases)
        {
            Description = description,
            HelpName = what,
            CustomParser = result => Parse(result, result.Tokens[^1].Value, parse),
        };

    /// <summary>The same, as often as it is given.</summary>
    internal static Option<T[]> ParsedList<T>(string description, string what, Func<string, T> parse, string name, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = what,
        CustomParser = result => [.. result.Tokens.SelectMany(token => TryExplain(result, token.Value, parse, out var value) ? [value] : Array.Empty<T>())],
        DefaultValueFactory = _ => [],
    };

    /// <summary>Values with commas between them, as often as they are given.</summary>
    internal static Option<T[]> List<T>(string description, string what, Func<string, T> parse, string name, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = what,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(','))
            .SelectMany(text => TryExplain(result, text, parse, out var value) ? [value] : Array.Empty<T>())],
        DefaultValueFactory = _ => [],
    };

    /// <summary>A condition; where it is given several times, all of them have to hold.</summary>
    internal static Option<T?> Condition<T>(string description, Func<string, T> parse)
        where T : class => new("--where")
        {
            Description = $"{description} Given several times, all have to hold.",
            HelpName = "EXPR",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result =>
            {
                T? one = null;
                return !result.Tokens.All(token => TryExplain(result, token.Value, parse, out one)) ? null
                    : result.Tokens.Count == 1 ? one : parse(string.Join(" and ", result.Tokens.Select(token => $"({token.Value})")));
            },
        };

    /// <summary>What a parser reads that explains itself and gives an object, once.</summary>
    internal static Option<T?> Explained<T>(string description, string what, Func<string, T> parse, string name, params string[] aliases)
        where T : class => new(name, aliases)
        {
            Description = description,
            HelpName = what,
            CustomParser = result => TryExplain(result, result.Tokens[^1].Value, parse, out var value) ? value : null,
        };

    /// <summary>The same, as often as it is given.</summary>
    internal static Option<T[]> ExplainedList<T>(string description, string what, Func<string, T> parse, string name)
        where T : class => new(name)
        {
            Description = description,
            HelpName = what,
            CustomParser = result => [.. result.Tokens.Select(token => TryExplain(result, token.Value, parse, out var value) ? value : null).OfType<T>()],
        };

    /// <summary>Says what values a shell may offer.</summary>
    internal static T Offering<T>(this T symbol, ValueSource source)
        where T : Symbol
    {
        ValueSource.Put(symbol, source);
        return symbol;
    }

    /// <summary>Whether an option stands on the command line.</summary>
    internal static bool IsGiven(this CommandResult command, Option option) => command.GetResult(option) is { Implicit: false };

    /// <summary>What a check of the whole command line goes by: it runs before the parser has looked at each value.</summary>
    /// <returns>The value; the default if it is wrong, which is told anyway.</returns>
    internal static T? ValueIfRight<T>(this CommandResult command, Option<T> option)
    {
        try
        {
            return command.GetValue(option);
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>Any text.</summary>
    internal static Option<string?> Text(string description, string what, string name, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = what };

    /// <summary>What was asked for by these options, as it could be asked for again.</summary>
    internal static string Describe(ParseResult parsed, IEnumerable<Option> options) => string.Join(' ', options
        .Select(parsed.GetResult)
        .Where(result => result is { Implicit: false })
        .SelectMany(result => result!.Tokens.Count == 0 ? [result.Option.Name] : result.Tokens.Select(token => $"{result.Option.Name} {ShellText.Quote(token.Value)}")));

    /// <summary>A name that is empty names nothing; one that the shell gave as other bytes than UTF-8 has been changed on
    /// its way, and names another file or none.</summary>
    internal static void CheckNames(SymbolResult result, string what)
    {
        foreach (var name in result.Tokens.Select(token => token.Value))
        {
            if (name.Length == 0)
            {
                result.AddError($"{what}: the name is empty; expected that of a file, or -");
            }
            else if (name.Contains('\uFFFD', StringComparison.Ordinal))
            {
                result.AddError($"{what} {name}: the name is not UTF-8; read it with `- < NAME`, write it with `-o - > NAME`");
            }
        }
    }

    /// <summary>The help says the same of a value as the error does.</summary>
    private static string Explain(string description, string expected) => $"{description} Expected: {expected}.";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static T? Parse<T>(ArgumentResult result, string text, Func<string, T> parse)
        where T : struct => TryExplain(result, text, parse, out var value) ? value : null;

    private static bool TryExplain<T>(ArgumentResult result, string text, Func<string, T> parse, [MaybeNullWhen(false)] out T value)
    {
        try
        {
            value = parse(text);
            return true;
        }
        catch (FormatException error)
        {
            result.AddError($"{Spelling(result)}: {error.Message}");
            value = default;
            return false;
        }
    }

    private static Option<T> Create<T>(
        string description, string what, string expected, string name, string[] aliases, TryParse<T> parse, Func<string, string?>? meant = null) => new(name, aliases)
        {
            Description = description,
            HelpName = what,
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (!parse(text, out var value))
                {
                    result.AddError($"{Spelling(result)} {text}: {(meant?.Invoke(text) is { } word ? $"did you mean {word}? " : "")}expected {expected}");
                }

                return value;
            },
        };

    private static bool ParseDuration(string text, out TimeSpan? value)
    {
        var isTime = Durations.TryParse(text, out TimeSpan time);
        value = time;
        return isTime && time > TimeSpan.Zero;
    }

    private static string Spelling(ArgumentResult result) =>
        result.Parent is OptionResult { IdentifierToken: { } token } ? token.Value : "";
}
