using System.Globalization;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Bench;

/// <summary>SQL over captures by the native executable, from the start of its process to its end, against writing the same capture as
/// Parquet first and asking that: in turns, so that what else the machine does meets both.</summary>
internal static class QueryFigures
{
    private const int Rounds = 7;
    private const string Recorded = "samples/captures/nginx.tcap";
    private const string Columns = "SELECT thread_name, max(network_peer_port) FROM";

    internal static void Measure(Report report)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tracecap-bench-{Environment.ProcessId}.tcap");
        try
        {
            var simulated = TrafficGenerator.Generate(4_000_000, new() { ConnectionsPerSecond = 20_000, Lost = 0 });
            // Ten million events, about: of simulated traffic, and of recorded traffic over and over.
            Compare(report, path, Captures.WriteLong(path, simulated, 130_000_000));
            Compare(report, path, Captures.WriteLong(path, Captures.Read(Recorded), 50_000_000));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Compare(Report report, string capture, ulong events)
    {
        var parquet = Path.ChangeExtension(capture, ".parquet");
        var (rates, ratios) = (new double[Rounds], new double[Rounds]);
        var memory = 0.0;
        try
        {
            _ = Ask(capture, "events");
            for (var round = 0; round < Rounds; round++)
            {
                var (asked, mebibytes) = Ask(capture, "events");
                var written = ExecutableFigures.Run("export", capture, "--to", "parquet", "-o", parquet, "--force").Time;
                var (askedParquet, _) = Ask("--allow-files", $"'{parquet}'");
                memory = Math.Max(memory, mebibytes);
                rates[round] = events / asked.TotalSeconds / 1e6;
                ratios[round] = (written + askedParquet) / asked;
            }
        }
        finally
        {
            File.Delete(parquet);
        }

        report.Line("");
        report.Line($"query of two columns of {events / 1e6:F1} M events, medians of {Rounds} rounds");
        report.AtLeast("query of two columns", 20, rates, " M events/s");
        report.AtLeast("the same by way of Parquet / directly", 5, ratios);
        report.Figure("its memory", string.Create(CultureInfo.InvariantCulture, $"{memory:F0} MiB"));
    }

    private static (TimeSpan Time, double Mebibytes) Ask(string argument, string table) =>
        ExecutableFigures.Run("query", argument, $"{Columns} {table} GROUP BY thread_name");
}
