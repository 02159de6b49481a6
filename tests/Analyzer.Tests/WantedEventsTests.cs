using System.Text;
using CsCheck;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

/// <summary>Rows are the same whether all of each chunk is decoded, or no more than they and the filter need.</summary>
public sealed class WantedEventsTests
{
    private const int PerChunk = 5;

    private static readonly Gen<TcpEvent> events = Gen.Select(
        Gen.OneOf(EventTypes.All.Select(type => type.Type).ToArray()), Gen.Int[0, 5], Gen.UShort[1, 9], Gen.UShort[1, 9], Gen.Bool, Gen.ULong[0, 20], (type, address, local, peer, isMapped, late) => new TcpEvent
        {
            Timestamp = 1_000 - late,
            Type = type,
            Connection = (ulong)local,
            IpVersion = (byte)(address < 3 ? 4 : 6),
            LocalAddress = address < 3 ? new Address([10, 0, 0, (byte)address]) : new Address(Mapped(isMapped, (byte)address)),
            PeerAddress = address < 3 ? new Address([10, 0, 1, (byte)address]) : new Address(Mapped(isMapped, 1)),
            LocalPort = local,
            PeerPort = peer,
            Pid = (uint)local,
            Duration = type is TcpEventType.Connect ? 7ul : 0,
            BytesSent = type is TcpEventType.Close or TcpEventType.Ended ? 8ul : 0,
            Error = type is TcpEventType.ConnectFailed ? (ushort)111 : (ushort)0,
        });

    private static readonly Gen<EventFilter> filters = Gen.OneOf(
    [
        .. new[]
        {
            "", "--port 3", "--port 1,9", "--addr 10.0.0.1", "--addr 10.0.1.0/24", "--addr fd00::4", "--addr ::/0", "--addr 10.0.0.4 --port 4", "--port 77", "--addr 192.0.2.1",
            "--pid 3", "--type CX --port 2", "--where \"sent_bytes > 0 or port == 4\" --port 4", "--pid 2 --port 2",
        }.Select(text => EventFilter.Parse(text)),
    ]);

    [Fact]
    public void Whatever_a_capture_has_its_rows_are_the_same() => Gen.Select(events.Array[0, 60], filters).Sample(
        (some, filter) =>
        {
            var file = Write(some);
            Assert.Equal(Rows(file, filter, decodesAll: true), Rows(file, filter, decodesAll: false));
        },
        iter: 2_000);

    [Theory]
    [InlineData("traffic")]
    [InlineData("nginx")]
    [InlineData("tcptracer-example")]
    public void Rows_of_recorded_captures_are_the_same(string name)
    {
        var file = File.ReadAllBytes(Repository.File($"samples/captures/{name}.tcap"));
        foreach (var filter in new[] { "", "--port 80", "--port 8080", "--addr 127.0.0.0/8", "--addr ::1", "--addr 203.0.113.1", "--type F", "--comm curl" })
        {
            Assert.Equal(Rows(file, EventFilter.Parse(filter), decodesAll: true), Rows(file, EventFilter.Parse(filter), decodesAll: false));
        }
    }

    [Theory]
    [InlineData("--port 9", 1)]
    [InlineData("--addr 10.0.0.7", 1)]
    [InlineData("--port 1", 20)]
    [InlineData("--port 70", 0)]
    [InlineData("--port 9 --addr 10.0.0.1", 1)]
    [InlineData("--port 9 --addr 10.9.9.9", 0)]
    public void A_chunk_without_a_port_or_an_address_that_is_wanted_is_not_decoded(string filter, int decoded)
    {
        var several = Enumerable.Range(0, 20 * PerChunk).Select(number => new TcpEvent
        {
            Timestamp = 1_000 + (ulong)number,
            Type = TcpEventType.Accept,
            Connection = 1 + (ulong)number,
            IpVersion = 4,
            LocalAddress = new Address([10, 0, 0, (byte)(number == 33 ? 7 : 1)]),
            PeerAddress = new Address([10, 0, 1, 1]),
            LocalPort = 1,
            PeerPort = (ushort)(number == 51 ? 9 : 2),
        });
        var reader = CaptureReader.Open(new MemoryStream(Write([.. several])), threads: 1);
        reader.Wanted = EventFilter.Parse(filter).Wanted(EventParts.None);
        var (chunks, told) = (0, 0ul);
        while (reader.Read())
        {
            chunks += reader.Events.IsEmpty ? 0 : 1;
            told += reader.Block.Events;
        }

        Assert.Equal((decoded, 20ul * PerChunk, true), (chunks, told, reader.IsWhole));
    }

    private static byte[] Mapped(bool isMapped, byte last) =>
        isMapped ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, last] : [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];

    private static byte[] Write(TcpEvent[] events)
    {
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { BootId = "b", Start = new ClockAnchor(1, 1, 5) }, PerChunk * TcpEvent.Size) { Watermark = 0 };
        foreach (ref readonly var one in events.AsSpan())
        {
            writer.Append(in one);
        }

        writer.Complete("end of test", new ClockAnchor(5_000, 5_000, 5_004));
        return output.ToArray();
    }

    private static string Rows(byte[] file, EventFilter filter, bool decodesAll)
    {
        var text = new MemoryStream();
        using (var pipeline = new EventPipeline(new EventRowExporter(new TcptracerTable(new TableOptions { Timestamps = true, Verbose = true, Uid = true }), text), new CaptureFilter(filter)))
        {
            var reader = CaptureReader.Open(new MemoryStream(file), threads: 1);
            if (!decodesAll)
            {
                reader.Wanted = pipeline.Wanted;
            }

            pipeline.Run(new EventStream(reader), _ => { });
            Assert.True(reader.IsWhole);
        }

        return Encoding.Latin1.GetString(text.ToArray());
    }
}
