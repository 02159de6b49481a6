namespace TraceCap.Recorder.Launch;

/// <summary>A command could not be started.</summary>
/// <param name="message">Why, with its name.</param>
/// <param name="exitCode">What a shell would end with.</param>
internal sealed class LaunchException(string message, int exitCode) : Exception(message)
{
    /// <summary>There is no such program.</summary>
    internal const int NotFound = 127;

    /// <summary>It is there, and cannot be run.</summary>
    internal const int NotExecutable = 126;

    /// <summary>What a shell would end with.</summary>
    public int ExitCode => exitCode;
}
