using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Conditions;

/// <summary>
/// An expression that cannot be understood. The message says what is expected; below it are the expression and a mark under
/// the characters that are wrong.
/// </summary>
public sealed class ConditionFormatException : FormatException
{
    internal ConditionFormatException(string reason, string expression, int offset, int length)
        : base($"{reason}\n  {PrintableText.Of(expression)}\n  {Mark(expression, offset, length)}") => Offset = offset;

    /// <summary>Which character of the expression is the first wrong one, from 0; its length if something is missing at
    /// its end.</summary>
    public int Offset { get; }

    private static string Mark(string expression, int offset, int length) =>
        new string(' ', PrintableText.Of(expression[..offset]).Length)
        + new string('^', Math.Max(1, PrintableText.Of(expression.Substring(offset, length)).Length));
}
