using System.Text;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests;

internal static class Table
{
    /// <summary>What a table prints, in Latin-1: a char is a byte.</summary>
    public static string Print(TableOptions options, IEnumerable<TcpEvent> events, bool header = true)
    {
        var table = new TcptracerTable(options);
        var output = new ExactBuffer();
        var context = new EventContext();
        if (header)
        {
            table.WriteHeader(output);
        }

        foreach (var e in events)
        {
            table.WriteRow(output, in e, context);
        }

        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
