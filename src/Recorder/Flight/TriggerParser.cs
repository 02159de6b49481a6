using System.Globalization;
using TraceCap.Format.Events;
using TraceCap.Format.Units;
using TraceCap.Recorder.Files;

namespace TraceCap.Recorder.Flight;

/// <summary>
/// Reads a trigger: <c>SUBJECT &gt; NUMBER/PERIOD</c>, such as <c>closed &gt; 1000/s</c> or <c>failed[port == 443] &gt; 5/10s</c>. A
/// subject is opened, accepted, closed, failed, ended, reset, churn, events, or the name of an error such as ECONNREFUSED, which counts
/// connects that failed with it and connections that it ended; with an error, the rest may be left out and one is enough. Behind it a condition for events may stand in brackets. A period is a duration such as 10s, or
/// only its unit if the number is 1.
/// </summary>
internal static class TriggerParser
{
    // What expectations call them, and what they were called here before.
    private static readonly Dictionary<string, TriggerSubject> subjects = new()
    {
        ["opened"] = TriggerSubject.Connects,
        ["accepted"] = TriggerSubject.Accepts,
        ["closed"] = TriggerSubject.Closes,
        ["failed"] = TriggerSubject.Fails,
        ["ended"] = TriggerSubject.Ends,
        ["reset"] = TriggerSubject.Resets,
        ["churn"] = TriggerSubject.Churn,
        ["events"] = TriggerSubject.Events,
        ["connects"] = TriggerSubject.Connects,
        ["accepts"] = TriggerSubject.Accepts,
        ["closes"] = TriggerSubject.Closes,
        ["fails"] = TriggerSubject.Fails,
    };

    /// <summary>What can be counted, but for errors: each by its usual word.</summary>
    internal static IEnumerable<string> Subjects =>
        Enum.GetValues<TriggerSubject>().Where(subject => subject != TriggerSubject.Errors).Select(subject => subjects.First(named => named.Value == subject).Key);

    /// <summary>What can be counted, for messages.</summary>
    internal static string Expected { get; } = $"{string.Join(", ", Subjects)}, or an error such as ECONNREFUSED";

    /// <summary>Reads it.</summary>
    /// <param name="text">The trigger.</param>
    /// <param name="condition">Reads what stands in brackets; null: nothing may.</param>
    /// <exception cref="FormatException">It is something else; the message points at the character.</exception>
    public static Trigger Parse(string text, Func<string, EventPredicate>? condition = null)
    {
        var at = 0;
        var subject = ReadSubject(text, ref at, out var error);
        var isMeant = ReadCondition(text, ref at, condition);
        Skip(text, ref at);
        if (at == text.Length && error is not null)
        {
            return new Trigger(text, subject, error, isMeant, 0, TimeSpan.FromSeconds(1));
        }

        if (at == text.Length || text[at] != '>')
        {
            throw TextError.At(text, at, "expected > and how many, such as > 1000/s");
        }

        at++;
        Skip(text, ref at);
        var most = ReadNumber(text, ref at);
        if (at == text.Length || text[at] != '/')
        {
            throw TextError.At(text, at, "expected a period after the number, such as /s or /10s");
        }

        var period = text[(at + 1)..].Trim();
        return Durations.TryParse(period is [>= 'a' and <= 'z', ..] ? "1" + period : period, out TimeSpan time) && time > TimeSpan.Zero
            ? new Trigger(text, subject, error, isMeant, most, time)
            : throw TextError.At(text, at + 1, $"expected a period: {Durations.UnitNames}, with a number before it or without");
    }

    private static TriggerSubject ReadSubject(string text, ref int at, out ushort? error)
    {
        Skip(text, ref at);
        var begin = at;
        while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
        {
            at++;
        }

        error = null;
        var word = text[begin..at];
        if (subjects.TryGetValue(word, out var subject))
        {
            return subject;
        }

        var errno = Errno.Names.IndexOf(word);
        error = word.Length > 0 && errno > 0 ? (ushort)errno : throw TextError.At(text, begin, $"expected what to count: {Expected}");
        return TriggerSubject.Errors;
    }

    private static EventPredicate? ReadCondition(string text, ref int at, Func<string, EventPredicate>? read)
    {
        Skip(text, ref at);
        if (read is null || at == text.Length || text[at] != '[')
        {
            return null;
        }

        var begin = at + 1;
        var isQuoted = false;
        var depth = 0;
        do
        {
            if (at == text.Length)
            {
                throw TextError.At(text, begin - 1, "a ] is missing");
            }

            isQuoted ^= text[at] == '"' && text[at - 1] != '\\';
            depth += isQuoted ? 0 : text[at] switch { '[' => 1, ']' => -1, _ => 0 };
            at++;
        }
        while (depth > 0);
        return read(text[begin..(at - 1)]);
    }

    private static ulong ReadNumber(string text, ref int at)
    {
        var begin = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return ulong.TryParse(text.AsSpan(begin, at - begin), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw TextError.At(text, begin, "expected a whole number");
    }

    private static void Skip(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }
}
