using System.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Capture => Path.Combine(folder, "run.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("traffic.tcap", "{\"time\":")]
    [InlineData("nginx.tcap", "{\"time\":")]
    [InlineData("tcptracer-example.tcap", "{\"monotonic_ns\":")]
    public void What_replay_printed_it_prints_again(string capture, string begin)
    {
        var lines = Tracecap.Run("replay", "--json", "--all", capture);

        Assert.StartsWith(begin, lines.Text, StringComparison.Ordinal);
        AssertSame(lines.Output);
    }

    [Fact]
    public void Wall_clocks_that_step_within_a_chunk_and_between_two_survive()
    {
        const int events = 20_000;
        using var original = new MemoryStream();
        var writer = new CaptureWriter(original, new CaptureHeader { Start = new ClockAnchor(0, 0, 1_800_000_000_000_000_000) }, chunkBytes: 100 * TcpEvent.Size);
        for (var number = 1ul; number <= events; number++)
        {
            if (number % 1_500 == 0)
            {
                var step = number * (number % 2_000 == 0 ? 1_000_000_001ul : 999_999_999ul);
                writer.WriteContext(new CaptureContext { Clocks = [new ClockAnchor(number, number, 1_800_000_000_000_000_000 + step)] });
            }

            writer.Append(new TcpEvent { Timestamp = number, Type = TcpEventType.Close, IpVersion = 4, Sequence = number });
        }

        writer.Complete("end of test", null);
        var lines = Tracecap.Run(original.ToArray(), "replay", "--json", "-");

        Assert.InRange(lines.Text.Split('\n').DistinctBy(line => line.Split('.')[0]).Count(), 10, 100);
        AssertSame(lines.Output);
    }

    private void AssertSame(byte[] lines)
    {
        Assert.Equal(0, Tracecap.Run(lines, "import", "-", "-o", Capture, "--force").Code);
        Assert.Equal(0, Tracecap.Run("verify", Capture).Code);
        Assert.Equal(Encoding.UTF8.GetString(lines), Tracecap.Run("replay", "--json", "--all", Capture).Text);
    }
}
