using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Tests;
using TraceCap.Exports.Pcapng;
using TraceCap.Exports.Perfetto;
using TraceCap.Exports.Tests.Perfetto;

namespace TraceCap.Exports.Tests;

/// <summary>Whatever times and clocks a capture tells, there is an export of it.</summary>
public sealed class AnyTimeTests
{
    [Fact]
    public void A_trace_is_made_of_any_capture() => AnyCaptures.Sample(
        (file, filter) =>
        {
            var output = new MemoryStream();
            Export(new PerfettoExporter(output, ConnectionFields.Set.All), file, filter);
            _ = new ReadTrace(output.ToArray());
        },
        times: 500);

    [Fact]
    public void Packets_are_made_of_any_capture() => AnyCaptures.Sample(
        (file, filter) =>
        {
            var output = new MemoryStream();
            Export(new PcapngExporter(output), file, filter);
            Assert.Equal(0, output.Length % 4);
        },
        times: 500);

    private static void Export(IExporter exporter, byte[] file, ConnectionFilter filter)
    {
        using var pipeline = new ConnectionPipeline(exporter);
        AnyCaptures.Read(file, filter, pipeline);
        pipeline.End();
    }
}
