namespace TraceCap.Format.Events;

/// <summary>
/// What was read is not a capture, is damaged, or is of a format this version does not know. The message says what was
/// found and what was expected; the caller that knows the file's name and offset puts them before it.
/// </summary>
public sealed class CaptureFormatException : Exception
{
    /// <inheritdoc cref="CaptureFormatException" />
    public CaptureFormatException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="CaptureFormatException" />
    public CaptureFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
