using System.Diagnostics;
using System.Globalization;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Bench;

/// <summary>
/// One question, who connected how often, asked of the same traffic in the forms in which users may have it: a capture, tcptracer's text, a
/// Parquet file, an SQLite database. What a rival needs first (to write the file, to fill the database) is told beside, not counted.
/// </summary>
internal static class RivalFigures
{
    private const int Rounds = 5;
    private const int Events = 4_000_000;
    private const string ClickHouse = "tests/fleet/clickhouse/libchdb.so";

    internal static void Measure(Report report)
    {
        var folder = Directory.CreateTempSubdirectory("tracecap-rivals-").FullName;
        try
        {
            Compare(report, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(Report report, string folder)
    {
        var (capture, text, parquet, csv, database) = (In("a.tcap"), In("a.txt"), In("a.parquet"), In("a.csv"), In("a.sqlite"));
        using (var file = File.Create(capture))
        {
            Captures.Write(file, TrafficGenerator.Generate(Events, new() { ConnectionsPerSecond = 20_000 }));
        }

        var made = new (string Name, string Make)[]
        {
            ("tcptracer's text", $"{ExecutableFigures.Tracecap} replay -t {capture} > {text}"),
            ("Parquet", $"{ExecutableFigures.Tracecap} export {capture} -o {parquet}"),
            ("SQLite", $"{ExecutableFigures.Tracecap} replay {capture} --format csv --fields process,type > {csv} && sqlite3 {database} '.mode csv' '.import {csv} events'"),
        };
        var making = made.Select(one => Shell(one.Make)).ToArray();
        var asked = new (string Name, string Ask)[]
        {
            ("tracecap query", $"{ExecutableFigures.Tracecap} query {capture} 'SELECT thread_name, count(*) FROM events GROUP BY 1'"),
            ("awk over tcptracer's text", $"awk '{{ n[$4]++ }} END {{ for (name in n) print name, n[name] }}' {text}"),
            ("DuckDB over Parquet", $"{ExecutableFigures.Tracecap} query --allow-files \"SELECT thread_name, count(*) FROM '{parquet}' GROUP BY 1\""),
            ("SQLite", $"sqlite3 {database} 'SELECT \"thread.name\", count(*) FROM events GROUP BY 1'"),
            ("ClickHouse over Parquet", $"python3 tests/fleet/local.py {ClickHouse} \"SELECT thread_name, count() FROM file('{parquet}') GROUP BY 1\""),
        };
        if (!File.Exists(ClickHouse))
        {
            asked = asked[..^1];
            report.Line("no ClickHouse to compare with: tests/fleet/clickhouse-fetch fetches it");
        }

        var seconds = asked.Select(_ => new double[Rounds]).ToArray();
        for (var round = -1; round < Rounds; round++)
        {
            for (var i = 0; i < asked.Length; i++)
            {
                var took = Shell(asked[i].Ask);
                if (round >= 0)
                {
                    seconds[i][round] = took;
                }
            }
        }

        report.Line("");
        report.Line($"who connected how often, {Events / 1e6:F0} M events; medians of {Rounds} rounds");
        foreach (var ((name, _), took) in made.Zip(making))
        {
            report.Line($"to make {name}: {took:F1} s");
        }

        foreach (var ((name, _), times) in asked.Zip(seconds))
        {
            report.AtLeast($"events counted by {name}", 0, times.Select(time => Events / time / 1e6).ToArray(), " M events/s");
        }

        string In(string name) => Path.Combine(folder, name);
    }

    private static double Shell(string line)
    {
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{{ {line}; }} >/dev/null"]))!;
        process.WaitForExit();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(begin).TotalSeconds
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{line} ended with {process.ExitCode}"));
    }
}
