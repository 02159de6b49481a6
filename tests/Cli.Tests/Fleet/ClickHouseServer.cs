using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary>A ClickHouse server with the configuration of packaging/clickhouse, in a folder of its own.</summary>
internal sealed class ClickHouseServer : IDisposable
{
    internal const string WriterPassword = "a writer's";
    internal const string ReaderPassword = "a reader's";

    /// <summary>It starts in seconds, on a machine that has nothing else to do.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    private static readonly string library = Repository.File("tests/fleet/clickhouse/libchdb.so");

    private readonly HttpClient client = new() { Timeout = patience };
    private readonly string folder;
    private readonly string data;
    private Process? process;

    /// <param name="folder">For its configuration.</param>
    /// <param name="data">For its data.</param>
    internal ClickHouseServer(string folder, string? data = null)
    {
        this.folder = folder;
        this.data = data ?? Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        (HttpPort, TcpPort) = (FreePort(), FreePort());
    }

    /// <summary>Why there can be none; null if there can.</summary>
    internal static string? Missing => File.Exists(library) ? null : "no ClickHouse: tests/fleet/clickhouse-fetch gets one";

    internal int HttpPort { get; }

    internal int TcpPort { get; }

    internal string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{HttpPort}");

    /// <summary>Writes its configuration: that of packaging/clickhouse, with these servers in the place of those named there.</summary>
    internal void Configure(IReadOnlyList<ClickHouseServer> cluster)
    {
        var (servers, users) = (Directory.CreateDirectory(Path.Combine(folder, "server.d")).FullName, Directory.CreateDirectory(Path.Combine(folder, "users.d")).FullName);
        File.WriteAllText(Path.Combine(folder, "server.xml"), $"""
            <clickhouse>
                <logger><level>warning</level><console>0</console></logger>
                <listen_host>127.0.0.1</listen_host>
                <http_port>{HttpPort}</http_port>
                <tcp_port>{TcpPort}</tcp_port>
                <users_config>{Path.Combine(folder, "users.xml")}</users_config>
            </clickhouse>
            """);
        File.WriteAllText(Path.Combine(folder, "users.xml"), """
            <clickhouse>
                <profiles><default/></profiles>
                <quotas><default/></quotas>
                <users><default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
            </clickhouse>
            """);
        File.Copy(Repository.File("packaging/clickhouse/users.xml"), Path.Combine(users, "users.xml"), overwrite: true);
        var text = File.ReadAllText(Repository.File("packaging/clickhouse/cluster.xml"));
        for (var number = 0; number < 2; number++)
        {
            var server = cluster[number % cluster.Count];
            var named = $"<host>clickhouse-{number + 1}.example</host>\n                    <port>9000</port>";
            Assert.Contains(named, text, StringComparison.Ordinal);
            text = text.Replace(named, $"<host>127.0.0.1</host><port>{server.TcpPort}</port>", StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(servers, "cluster.xml"), text);
    }

    /// <summary>Starts it, and waits until it answers.</summary>
    internal void Start()
    {
        var start = new ProcessStartInfo(
            "/usr/bin/python3", [Repository.File("tests/fleet/server.py"), library, "--config-file", Path.Combine(folder, "server.xml"), "--path", data])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TRACECAP_CLUSTER_SECRET"] = "what the servers know";
        start.Environment["TRACECAP_WRITER_SHA256"] = Sha256(WriterPassword);
        start.Environment["TRACECAP_READER_SHA256"] = Sha256(ReaderPassword);
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        Assert.True(SpinWait.SpinUntil(() => process.HasExited || Answers(), patience));
        Assert.False(process.HasExited, errors.ToString());
    }

    /// <summary>Ends it as a power cut would.</summary>
    internal void Kill()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    /// <summary>Makes the tables of packaging/clickhouse; the captures of tests are older than what is kept usually.</summary>
    internal void MakeTables()
    {
        var lines = File.ReadAllLines(Repository.File("packaging/clickhouse/tables.sql")).Where(line => !line.StartsWith("--", StringComparison.Ordinal));
        foreach (var statement in string.Join('\n', lines).Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Ask(statement.TrimEnd(';').Replace("INTERVAL 90 DAY", "INTERVAL 50 YEAR", StringComparison.Ordinal));
        }
    }

    /// <summary>Asks it.</summary>
    /// <returns>Rows, values separated by tabs; an error begins with <c>Code:</c>.</returns>
    internal string Ask(string sql, string? user = null, string? password = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url) { Content = new StringContent(sql) };
        if (user is not null)
        {
            request.Headers.Add("X-ClickHouse-User", user);
            request.Headers.Add("X-ClickHouse-Key", password);
        }

        using var response = client.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        var text = reader.ReadToEnd().TrimEnd('\n');
        Assert.True(user is not null || response.IsSuccessStatusCode, text);
        return text;
    }

    /// <summary>Asks it for a number.</summary>
    internal ulong Number(string sql) => ulong.Parse(Ask(sql), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        if (process is not null)
        {
            Kill();
        }

        client.Dispose();
    }

    private static string Sha256(string password) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)));

    private bool Answers()
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url + "/ping");
            return client.Send(request).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
