using System.Text;

namespace TraceCap.Cli.Terminal;

/// <summary>Lines of a terminal that does the editing itself.</summary>
internal static class PlainLines
{
    /// <summary>Reads one, and no byte of the next.</summary>
    /// <returns>Null at the end.</returns>
    internal static string? Read(Stream input)
    {
        var line = new List<byte>();
        Span<byte> one = stackalloc byte[1];
        while (input.Read(one) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
    }
}
