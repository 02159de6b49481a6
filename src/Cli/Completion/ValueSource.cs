using System.CommandLine;

namespace TraceCap.Cli.Completion;

/// <summary>Tells the values that an option or an argument may have. Nothing is made of it before a shell asks.</summary>
/// <param name="Candidates">The values, also such as do not begin with what was typed.</param>
internal sealed record ValueSource(Func<ValueRequest, IEnumerable<Candidate>> Candidates)
{
    private static readonly Dictionary<Symbol, ValueSource> sources = [];

    /// <summary>What the shell completes by itself; empty for nothing.</summary>
    internal ShellHelp Shell { get; private init; } = ShellHelp.None;

    /// <summary>Whether a value goes on behind most candidates, so that no blank follows.</summary>
    internal bool GoesOn { get; private init; }

    /// <summary>Whether the candidates were chosen by what was typed, and need not begin with it.</summary>
    internal bool AreChosen { get; init; }

    /// <summary>What an option or an argument takes; null if nobody can tell.</summary>
    internal static ValueSource? Of(Symbol symbol) => sources.GetValueOrDefault(symbol);

    /// <summary>Says what an option or an argument takes.</summary>
    internal static void Put(Symbol symbol, ValueSource source) => sources[symbol] = source;

    /// <summary>Names of files; those that look like this come first.</summary>
    internal static ValueSource Files(params string[] patterns) => new(_ => []) { Shell = new("files", patterns) };

    /// <summary>Captures, as they are or compressed.</summary>
    internal static ValueSource Captures { get; } = Files("*.tcap", "*.tcap.*");

    /// <summary>Folders.</summary>
    internal static ValueSource Folders { get; } = new(_ => []) { Shell = new("folders") };

    /// <summary>Users of this host.</summary>
    internal static ValueSource Users { get; } = new(_ => []) { Shell = new("users") };

    /// <summary>One of some words.</summary>
    internal static ValueSource Words<T>(IEnumerable<T> words, Func<T, string> word, Func<T, string?> meaning) =>
        new(_ => words.Select(one => new Candidate(word(one), meaning(one))));

    /// <summary>An expression, which is read up to where it ends.</summary>
    internal static ValueSource Expression(Func<ValueRequest, IEnumerable<Candidate>> candidates) => new(candidates) { GoesOn = true };

    /// <summary>Several of these, with commas between them; none twice.</summary>
    internal ValueSource Listed() => this with
    {
        Candidates = request =>
        {
            var last = request.Typed.LastIndexOf(',') + 1;
            var (before, named) = (request.Typed[..last], request.Typed[..last].Split(','));
            return Candidates(request with { Typed = request.Typed[last..] })
                .Where(one => !named.Contains(one.Text)).Select(one => one with { Text = before + one.Text });
        },
    };

    /// <summary>Letters, each of them once.</summary>
    internal ValueSource Spelt() => this with
    {
        Candidates = request => Candidates(request).Where(one => !request.Typed.Contains(one.Text, StringComparison.Ordinal))
            .Select(one => one with { Text = request.Typed + one.Text }),
    };

    /// <summary>Also with a dash before them, which means the other way round.</summary>
    internal ValueSource Reversible() => this with
    {
        Candidates = request => request.Typed.StartsWith('-') ? Candidates(request).Select(one => one with { Text = "-" + one.Text }) : Candidates(request),
    };
}

/// <summary>What a shell knows better.</summary>
/// <param name="What">What is completed.</param>
/// <param name="Arguments">What it has to know for that.</param>
internal sealed record ShellHelp(string What, params string[] Arguments)
{
    /// <summary>Nothing.</summary>
    internal static ShellHelp None { get; } = new("");

    /// <summary>A command line of its own, from that word on.</summary>
    internal static ShellHelp CommandFrom(int word) => new("command", $"{word}");

    /// <inheritdoc />
    public override string ToString() => string.Join(' ', Arguments.Prepend(What));
}
