using System.Globalization;
using TraceCap.Format.Events;
using TraceCap.Format.Units;
using TraceCap.Recorder.Files;

namespace TraceCap.Recorder.Flight;

/// <summary>
/// Reads a trigger: <c>SUBJECT&gt;NUMBER/PERIOD</c>, such as <c>closes&gt;1000/s</c> or <c>fails&gt;5/10s</c>. A subject is
/// connects, accepts, closes, fails, churn, events, or the name of an error such as ECONNREFUSED; with an error, the rest may
/// be left out and one is enough. A period is a duration such as 10s, or only its unit if the number is 1.
/// </summary>
internal static class TriggerParser
{
    private static readonly Dictionary<string, TriggerSubject> Subjects =
        Enum.GetValues<TriggerSubject>().ToDictionary(subject => subject.ToString().ToLowerInvariant());

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is something else; the message points at the character.</exception>
    public static Trigger Parse(string text)
    {
        var greater = text.IndexOf('>', StringComparison.Ordinal);
        var subject = ParseSubject(text, greater < 0 ? text.Length : greater, out var error);
        if (greater < 0)
        {
            return error is null
                ? throw TextError.At(text, text.Length, "expected > and how many, such as >1000/s")
                : new Trigger(text, subject, error, 0, TimeSpan.FromSeconds(1));
        }

        var slash = text.IndexOf('/', greater);
        var number = text.AsSpan((greater + 1)..(slash < 0 ? text.Length : slash));
        if (!ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var most))
        {
            var digits = number.IndexOfAnyExceptInRange('0', '9');
            throw digits > 0 && slash < 0
                ? TextError.At(text, greater + 1 + digits, "expected a period after the number, such as /s or /10s")
                : TextError.At(text, greater + 1 + Math.Max(0, digits), "expected a whole number");
        }

        if (slash < 0)
        {
            throw TextError.At(text, text.Length, "expected a period, such as /s or /10s");
        }

        var period = text[(slash + 1)..];
        return Durations.TryParse(period is [>= 'a' and <= 'z', ..] ? "1" + period : period, out TimeSpan time) && time > TimeSpan.Zero
            ? new Trigger(text, subject, error, most, time)
            : throw TextError.At(text, slash + 1, $"expected a period: {Durations.UnitNames}, with a number before it or without");
    }

    private static TriggerSubject ParseSubject(string text, int length, out ushort? error)
    {
        error = null;
        var word = text[..length];
        if (Subjects.TryGetValue(word, out var subject))
        {
            return subject;
        }

        var errno = Errno.Names.IndexOf(word);
        if (word.Length == 0 || errno <= 0)
        {
            throw TextError.At(text, 0, $"expected what to count: {string.Join(", ", Subjects.Keys)}, or an error such as ECONNREFUSED");
        }

        error = (ushort)errno;
        return TriggerSubject.Fails;
    }
}
