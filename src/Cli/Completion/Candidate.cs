namespace TraceCap.Cli.Completion;

/// <summary>Something that may stand where the cursor is.</summary>
/// <param name="Text">All of the word, or of the value, that it makes; what was typed of it included.</param>
/// <param name="Meaning">What it is, in a few words; null if it says so itself.</param>
internal readonly record struct Candidate(string Text, string? Meaning = null);

/// <summary>What is asked.</summary>
/// <param name="Typed">What was typed of the value so far.</param>
/// <param name="Captures">The captures that the command line names.</param>
internal sealed record ValueRequest(string Typed, IReadOnlyList<string> Captures);
