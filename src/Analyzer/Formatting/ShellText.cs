namespace TraceCap.Analyzer.Formatting;

/// <summary>Text that is typed at a POSIX shell.</summary>
internal static class ShellText
{
    /// <summary>One word: as it is if the shell leaves it alone, else in single quotes.</summary>
    public static string Quote(string word) => word.Length > 0 && word.All(IsPlain) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(char one) => char.IsAsciiLetterOrDigit(one) || one is '-' or '_' or '.' or '/' or ':' or '=' or '+' or '@' or '%' or ',';
}
