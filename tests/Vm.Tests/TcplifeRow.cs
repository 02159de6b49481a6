using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TraceCap.Vm.Tests;

/// <summary>A row of <c>tcplife -w</c>, of libbpf-tools or of bcc.</summary>
/// <param name="Ends">Of which connection, seen from its own end.</param>
/// <param name="Pid">Whom tcplife takes for the owner.</param>
/// <param name="Comm">That one's name.</param>
/// <param name="TxKilobytes">Acknowledged, as far as it is shown.</param>
/// <param name="RxKilobytes">Received, as far as it is shown.</param>
/// <param name="Lifetime">In ns, of which tcplife shows tens of microseconds.</param>
/// <param name="Digits">How many digits of a kilobyte it shows: 2, or none and then what is left is cut off.</param>
internal sealed partial record TcplifeRow(
    Ends Ends, uint Pid, string Comm, decimal TxKilobytes, decimal RxKilobytes, long Lifetime, int Digits)
{
    /// <summary>What tcplife would show of a number of bytes.</summary>
    internal decimal Shown(ulong bytes) =>
        Digits == 0 ? Math.Floor(bytes / 1024m) : Math.Round(bytes / 1024m, Digits, MidpointRounding.ToEven);

    /// <summary>All rows but those of the marks.</summary>
    /// <param name="output">In <see cref="Rows.Encoding"/>.</param>
    internal static List<TcplifeRow> Read(string output)
    {
        var rows = new List<TcplifeRow>();
        var text = "";
        // A name may hold newlines: a row ends where a line ends like one.
        foreach (var line in output.Split('\n')[1..^1])
        {
            text += line;
            if (RowPattern().Match(text) is { Success: true } row)
            {
                rows.Add(Parse(row.Groups));
                text = "";
            }
            else
            {
                text += '\n';
            }
        }

        return text == "" ? [.. rows.Where(row => !row.Ends.IsMark)] : throw new FormatException($"not a row of tcplife: {text}");
    }

    private static TcplifeRow Parse(GroupCollection row) => new(
        Ends.Parse(row["local"].Value, Integer(row["sport"]), row["peer"].Value, Integer(row["dport"])),
        (uint)Integer(row["pid"]),
        Encoding.UTF8.GetString(Rows.Encoding.GetBytes(row["name"].Value)).Trim(' '),
        Number(row["tx"]),
        Number(row["rx"]),
        (long)(Number(row["ms"]) * 1_000_000),
        row["tx"].Value.Contains('.') ? 2 : 0);

    private static int Integer(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private static decimal Number(Group group) => decimal.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    // Only bcc's has a column for the version of IP.
    [GeneratedRegex(@"^(?<pid>\d+) +?(?<name>.*?) +([46] +)?(?<local>[\da-f:.]+) +(?<sport>\d+) +(?<peer>[\da-f:.]+) +(?<dport>\d+)"
        + @" +(?<tx>[\d.]+) +(?<rx>[\d.]+) +(?<ms>[\d.]+)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex RowPattern();
}
