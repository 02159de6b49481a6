using System.Text;

namespace TraceCap.Vm.Tests;

/// <summary>The rows of tcptracer's table with times: the text of each, byte by byte, and when it came (ns).</summary>
internal static class Rows
{
    /// <summary>A character per byte: names are not text.</summary>
    internal static readonly Encoding Encoding = Encoding.Latin1;

    internal static Dictionary<string, List<long>> Read(string table)
    {
        var rows = new Dictionary<string, List<long>>();
        foreach (var row in ReferenceOutput.Parse(table).RowsByTime.Where(row => !IsMark(row)))
        {
            // Before the type there are only digits.
            var text = row.Text[row.Text.IndexOfAny(['A', 'C', 'X'])..];
            if (!rows.TryGetValue(text, out var times))
            {
                rows.Add(text, times = []);
            }

            times.Add((long)row.Event.Timestamp);
        }

        return rows;
    }

    /// <summary>The connections that tests/vm/watch.py makes to see whether a tracer keeps up.</summary>
    private static bool IsMark(ReferenceRow row) =>
        row.Event.LocalPort is >= 17000 and < 19000 && row.Event.PeerPort is >= 17000 and < 19000;
}
