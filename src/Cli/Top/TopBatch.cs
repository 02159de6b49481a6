using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Rolling;
using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Top;

/// <summary>Prints table after table.</summary>
/// <param name="reader">Reads them.</param>
/// <param name="source">What it reads.</param>
/// <param name="order">How rows are sorted.</param>
/// <param name="filter">What the names of groups have in them.</param>
/// <param name="rows">So many rows at most.</param>
/// <param name="tables">So many tables at most.</param>
/// <param name="zone">Times of day are in it.</param>
internal sealed class TopBatch(TopReader reader, TopSource source, RollingOrder order, string filter, int rows, ulong tables, TimeZoneInfo zone)
{
    /// <summary>Prints all.</summary>
    /// <param name="format">The format for programs; null for text.</param>
    /// <param name="choose">Chooses columns: gives their places.</param>
    internal ExitCode Run(TableFormat? format, Func<IReadOnlyList<TableColumn>, int[]> choose)
    {
        using var output = ResultOutput.Open(null, force: false);
        var text = new StreamBufferWriter(output.Stream);
        TableWriter? writer = null;
        int[] places = [];
        var left = tables;
        var code = ExitCode.Done;
        try
        {
            code = reader.Run(table =>
            {
                var groups = table.Groups[0];
                groups = groups with { Rows = [.. groups.Rows.Where(row => row.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))] };
                if (format is null || format == TableFormat.Table)
                {
                    output.Stream.Write(RollingText.Format(table, groups, order, rows, output.Width, zone, isAscii: !TerminalKind.ShowsUnicode));
                }
                else
                {
                    Write(table, groups);
                }

                return --left > 0;
            });
        }
        catch (OperationCanceledException)
        {
            source.Stop();
        }

        writer?.End(text);
        text.Flush();
        return code;

        void Write(RollingTable table, RollingRows groups)
        {
            var columns = RollingRecords.Columns(groups.By);
            if (writer is null)
            {
                places = choose(columns);
                writer = format!.Create([.. places.Select(place => columns[place])], new TableLook(0, TableFormat.Lookahead, TextColours.None));
                writer.Begin(text);
            }

            foreach (var row in order.Sort(groups.Rows, table.Seconds).Take(rows))
            {
                var values = RollingRecords.Values(table, groups.By, row);
                writer.Row(text, [.. places.Select(place => values[place])]);
            }

            text.Flush();
        }
    }
}
