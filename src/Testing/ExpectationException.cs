namespace TraceCap.Testing;

/// <summary>What xunit goes by to call an exception a failed assertion and not an error, whatever declares it.</summary>
internal interface IAssertionException;

/// <summary>A capture does not hold what a test expects of it. The message says which expectation, its figure, and the connections that break it.
/// </summary>
public class ExpectationException : Exception, IAssertionException
{
    internal ExpectationException(string message)
        : base(message)
    {
    }
}

/// <summary>It cannot be told whether a capture holds what a test expects of it: events are missing that decide. No expectation is known to be
/// broken.</summary>
public sealed class ExpectationUnknownException : ExpectationException
{
    internal ExpectationUnknownException(string message)
        : base(message)
    {
    }
}
