using System.Diagnostics;
using TraceCap.Analyzer;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Testing;

/// <summary>What tests expect of captures. Each ends the test with an <see cref="ExpectationException"/> unless it is so, and gives the capture back.</summary>
[StackTraceHidden]
public static class CaptureExpectations
{
    /// <summary>Expects that all of this holds.</summary>
    /// <param name="capture">Is read to its end.</param>
    /// <param name="expectations">Such as <c>failed == 0</c>, <c>lifetime.p99 &lt;= 5ms</c> or <c>opened[port=443] &gt; 0</c>.</param>
    /// <returns>The capture.</returns>
    /// <exception cref="ExpectationException">One does not hold; the message has a line for each, and connections that break it.</exception>
    /// <exception cref="ExpectationUnknownException">None is known not to hold, but of one it cannot be told.</exception>
    /// <exception cref="ConditionFormatException">An expression is none.</exception>
    /// <exception cref="ArgumentException">Nothing is expected.</exception>
    /// <exception cref="CaptureFormatException">It is no capture, or of a format that this version does not know.</exception>
    public static Capture ShouldHold(this Capture capture, params string[] expectations) => capture.ShouldHold(expectations, filter: null);

    /// <summary>The same of some of its connections, or whatever is missing.</summary>
    /// <param name="capture">Is read to its end.</param>
    /// <param name="expectations">What must hold.</param>
    /// <param name="filter">Of which connections; null: of all.</param>
    /// <param name="allowLoss">Whether they are judged by what was recorded, as if nothing were missing.</param>
    /// <inheritdoc cref="ShouldHold(Capture, string[])" />
    public static Capture ShouldHold(this Capture capture, IEnumerable<string> expectations, ConnectionFilter? filter, bool allowLoss = false)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var report = capture.Check(Some(expectations), filter, allowLoss);
        Judge(report, () => BreakingConnections.Of(capture, report, filter));
        return capture;
    }

    /// <summary>Expects that all that happened was recorded and can be read: no event lost, nothing truncated or damaged.</summary>
    /// <param name="capture">Is read to its end.</param>
    /// <returns>The capture.</returns>
    /// <exception cref="ExpectationException">Something is missing.</exception>
    public static Capture ShouldBeComplete(this Capture capture)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var info = capture.Verify();
        return info.IsComplete ? capture : throw new ExpectationException($"{capture}: expected to be complete\n  but is: {info}");
    }

    /// <summary>Expects that something is not so of a new capture in comparison with an old one.</summary>
    /// <param name="after">The new one.</param>
    /// <param name="before">The old one, such as a fixture that is kept.</param>
    /// <param name="unwanted">What must not be: <c>lifetime.p99 &gt; +20%</c>, <c>failed &gt; +0</c> or, of the new one alone,
    /// <c>active.end &gt; 3</c>.</param>
    /// <returns>The new one.</returns>
    /// <exception cref="ExpectationException">One is so.</exception>
    /// <exception cref="ExpectationUnknownException">None is known to be so, but of one it cannot be told.</exception>
    /// <exception cref="ConditionFormatException">An expression is none.</exception>
    public static Capture ShouldNotRegress(this Capture after, Capture before, params string[] unwanted) => after.ShouldNotRegress(before, unwanted, filter: null);

    /// <summary>The same of some of their connections, or whatever is missing.</summary>
    /// <param name="after">The new one.</param>
    /// <param name="before">The old one.</param>
    /// <param name="unwanted">What must not be.</param>
    /// <param name="filter">Of which connections; null: of all.</param>
    /// <param name="allowLoss">Whether it is judged by what was recorded, as if nothing were missing.</param>
    /// <inheritdoc cref="ShouldNotRegress(Capture, Capture, string[])" />
    public static Capture ShouldNotRegress(this Capture after, Capture before, IEnumerable<string> unwanted, ConnectionFilter? filter, bool allowLoss = false)
    {
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(before);
        var difference = Capture.Compare(before, after, filter);
        Judge(difference.FailIf(Some(unwanted), allowLoss), () => string.Concat(difference.Changes.Select(change => $"\nchanged: {change}")));
        return after;
    }

    /// <summary>All of them. A test that expects nothing would pass whatever happens.</summary>
    private static string[] Some(IEnumerable<string> expectations) =>
        expectations.ToArray() is { Length: > 0 } some ? some : throw new ArgumentException("nothing is expected: name at least one, such as failed == 0", nameof(expectations));

    private static void Judge(CheckReport report, Func<string> describe)
    {
        switch (report.Verdict)
        {
            case Verdict.Holds:
                return;
            case Verdict.Unknown:
                throw new ExpectationUnknownException($"{report}\nit cannot be told; allowLoss: true judges by what was recorded");
            default:
                throw new ExpectationException(report + describe());
        }
    }
}
