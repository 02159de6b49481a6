using System.Text;

namespace TraceCap.Cli.Manual;

/// <summary>A word as it is typed in a shell.</summary>
internal static class ShellWord
{
    /// <summary>What the shell makes of it, also if a quote is still open. Nothing in it is run or looked up: <c>$(rm x)</c> stays as it is.</summary>
    internal static string Unquote(string typed)
    {
        var word = new StringBuilder();
        var quote = '\0';
        for (var at = 0; at < typed.Length; at++)
        {
            var letter = typed[at];
            if (letter == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && letter is '\'' or '"')
            {
                quote = letter;
            }
            else if (letter == '\\' && quote != '\'' && at + 1 < typed.Length && (quote == '\0' || typed[at + 1] is '"' or '\\' or '$' or '`'))
            {
                word.Append(typed[++at]);
            }
            else
            {
                word.Append(letter);
            }
        }

        return word.ToString();
    }
}
