using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TraceCap.Exports.Tests.Otlp;

/// <summary>A request that came.</summary>
internal sealed record ReceivedRequest(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>What is answered.</summary>
internal sealed record Answer(int Status, byte[] Body, params string[] Headers)
{
    public static Answer Ok { get; } = new(200, [], "Content-Type: application/x-protobuf");
}

/// <summary>Receives what is posted to it over HTTP/1.1, on a port that the kernel chose.</summary>
internal sealed class LogReceiver : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<int, Answer?> answers;
    private readonly Thread thread;

    /// <param name="answers">What the request of a number, from 0, is answered; null: the connection is cut.</param>
    internal LogReceiver(Func<int, Answer?>? answers = null)
    {
        this.answers = answers ?? (_ => Answer.Ok);
        listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        thread = new Thread(Serve) { IsBackground = true };
        thread.Start();
    }

    internal string Url { get; }

    internal List<ReceivedRequest> Requests { get; } = [];

    public void Dispose()
    {
        listener.Stop();
        thread.Join();
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var client = listener.AcceptTcpClient();
                Serve(client.GetStream());
            }
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            // It was stopped.
        }
    }

    /// <summary>One request a connection.</summary>
    private void Serve(NetworkStream stream)
    {
        try
        {
            if (Read(stream) is not { } request)
            {
                return;
            }

            Requests.Add(request);
            if (answers(Requests.Count - 1) is { } answer)
            {
                var head = $"HTTP/1.1 {answer.Status} Said\r\nConnection: close\r\nContent-Length: {answer.Body.Length}\r\n{string.Concat(answer.Headers.Select(header => header + "\r\n"))}\r\n";
                stream.Write([.. Encoding.ASCII.GetBytes(head), .. answer.Body]);
            }
        }
        catch (IOException)
        {
            // The client is gone.
        }
    }

    private static ReceivedRequest? Read(Stream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (stream.ReadByte() is not (>= 0 and var letter))
            {
                return null;
            }

            head.Append((char)letter);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)];
        stream.ReadExactly(body);
        if (headers.GetValueOrDefault("Content-Encoding") == "gzip")
        {
            var plain = new MemoryStream();
            new GZipStream(new MemoryStream(body), CompressionMode.Decompress).CopyTo(plain);
            body = plain.ToArray();
        }

        return new ReceivedRequest(lines[0], headers, body);
    }
}
