using TraceCap.Bench.Pairing;
using TraceCap.Format.Events;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Bench;

/// <summary>All that is measured in one run.</summary>
internal static class Ratios
{
    private static readonly int[] Rates = [1_000, 20_000];

    /// <summary>Measures, and prints all figures; the bars last.</summary>
    /// <param name="events">Events of each generated capture.</param>
    /// <param name="captures">Paths of recorded captures.</param>
    /// <param name="longBytes">Size of the long capture.</param>
    /// <param name="save">A file to write the figures to; null for none.</param>
    /// <returns>0, whether the bars are met or not: machines differ.</returns>
    public static int Run(int events, string[] captures, long longBytes, string? save) => Measured(
        report =>
        {
            foreach (var rate in Rates)
            {
                CodecRatios.Compare(report, $"{events:N0} events, {rate:N0} connections/s", Generated(events, rate));
            }

            foreach (var path in captures)
            {
                CodecRatios.Compare(report, Path.GetFileName(path), Captures.Read(path));
            }

            foreach (var rate in Rates)
            {
                PairingRatios.Compare(report, rate, events);
            }

            LibraryRatios.Compare(report, Generated(events, Rates[^1]));
            TextRatios.Compare(report, Generated(events, Rates[^1]));
            ExportRatios.Compare(report, Generated(events, Rates[^1]));
            Allocations.Measure(report, Generated(events, Rates[^1]));
            ExecutableFigures.Measure(report, longBytes);
            HostFigures.Measure(report);
        },
        save);

    /// <summary>Measures only SQL over captures.</summary>
    public static int RunQueries() => Measured(QueryFigures.Measure);

    /// <summary>Measures only the commands of the executable, and their rivals.</summary>
    public static int RunCommands(long longBytes, string? save) => Measured(
        report =>
        {
            CommandFigures.Measure(report, longBytes);
            RivalFigures.Measure(report);
        },
        save);

    /// <summary>Measures only what the library's records cost.</summary>
    public static int RunLibrary(int events) => Measured(report => LibraryRatios.Compare(report, Generated(events, Rates[^1])));

    /// <summary>Measures only exports.</summary>
    public static int RunExports(int events) => Measured(report => ExportRatios.Compare(report, Generated(events, Rates[^1])));

    private static int Measured(Action<Report> measure, string? save = null)
    {
        var report = new Report();
        report.Line(Machine.Describe());
        measure(report);
        report.Bars();
        if (save is not null)
        {
            report.Save(save);
        }

        return 0;
    }

    private static TcpEvent[] Generated(int events, int rate) =>
        TrafficGenerator.Generate(events, new() { ConnectionsPerSecond = rate });
}
