namespace TraceCap.Recorder.Files;

/// <summary>Errors in short texts that a user wrote.</summary>
internal static class TextError
{
    /// <summary>An error that points at a character.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="index">Which character, from 0; the length for the end.</param>
    /// <param name="what">What is wrong there, and what was expected.</param>
    internal static FormatException At(string text, int index, string what) =>
        new($"{what}\n  {text}\n  {new string(' ', index)}^");
}
