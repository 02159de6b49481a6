using TraceCap.Format.Events;

namespace TraceCap.Exports.DuckDb;

/// <summary>What is wrong with a capture, with its name before it.</summary>
internal static class NamedErrors
{
    /// <summary>Does something with the content of a capture.</summary>
    /// <exception cref="SqlException">It is no capture, or of a format that this version does not know.</exception>
    internal static T In<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CaptureFormatException error)
        {
            throw new SqlException($"{name}: {error.Message}");
        }
    }
}
