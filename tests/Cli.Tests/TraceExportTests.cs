using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TraceCap.Cli.Tests;

/// <summary><c>tracecap export</c> to formats that are of connections only: what is in them, tests/Exports.Tests say.</summary>
public sealed class TraceExportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("perfetto", "x.pftrace", 0x0a)]
    [InlineData("perfetto", "x.perfetto-trace", 0x0a)]
    [InlineData("pcapng", "x.pcapng", 0x0a)]
    public void The_name_of_a_file_says_the_format_and_that_connections_are_meant(string format, string name, int first)
    {
        var path = Path.Combine(folder, name);
        Assert.Equal("", Export("nginx.tcap", "-o", path, "--min", "1ms", "--where", "role == client").Error);
        var file = File.ReadAllBytes(path);
        Assert.Equal(first, file[0]);
        Assert.Equal(file, Export("nginx.tcap", "--to", format, "--connections", "--min", "1ms", "--where", "role == client").Output);
    }

    [Fact]
    public void Losses_are_said_and_the_exit_code_is_that_of_all_commands()
    {
        var cut = Path.Combine(folder, "cut.tcap");
        var whole = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        File.WriteAllBytes(cut, whole[..(whole.Length / 2)]);
        foreach (var format in new[] { "perfetto", "pcapng" })
        {
            var result = Export(cut, "--to", format);
            Assert.Equal(3, result.Code);
            Assert.NotEmpty(result.Output);
        }
    }

    [Theory]
    [InlineData("expected a URL such as http://localhost:4318", "--to", "otlp")]
    [InlineData("expected a URL such as http://localhost:4318", "--to", "otlp", "-o", "x.otlp")]
    [InlineData("there is no field 'nonsense'", "--to", "perfetto", "--fields", "nonsense")]
    public void What_cannot_be_is_said_before_anything_is_read(string message, params string[] arguments)
    {
        var result = Export(["nginx.tcap", .. arguments]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error);
    }

    [Fact]
    public async Task A_server_gets_log_records_and_what_it_does_not_take_is_an_error()
    {
        foreach (var (answer, code) in new[] { ("200 OK", 0), ("400 Bad Request", 1) })
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var serving = Task.Run(() => Serve(listener, answer));
            var result = Export("tcptracer-example.tcap", "-o", $"http://{listener.LocalEndpoint}");
            Assert.Equal((code, ""), (result.Code, result.Text));
            Assert.StartsWith("POST /v1/logs HTTP/1.1\r\n", await serving, StringComparison.Ordinal);
            Assert.Equal(code != 0, result.Error.Contains("the server answered 400", StringComparison.Ordinal));
        }
    }

    private static string Serve(TcpListener listener, string answer)
    {
        using var client = listener.AcceptTcpClient();
        using var stream = client.GetStream();
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)stream.ReadByte());
        }

        var length = head.ToString().Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))["Content-Length: ".Length..];
        stream.ReadExactly(new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)]);
        stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        return head.ToString();
    }

    private static Tracecap.Result Export(params string[] arguments) => Tracecap.Run(["export", .. arguments]);
}
