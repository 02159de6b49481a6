using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary>A bucket in memory. It takes what is signed by its key, and whose sum is that which was signed.</summary>
internal sealed class S3Server : IDisposable
{
    internal const string AccessKey = "AKIAEXAMPLE";
    internal const string SecretKey = "a secret/key+";

    private readonly HttpListener listener = new();
    private int failures;

    internal S3Server()
    {
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/");
        }

        listener.Prefixes.Add(Url);
        listener.Start();
        _ = Serve();
    }

    internal string Url { get; }

    /// <summary>What is in it, by path.</summary>
    internal ConcurrentDictionary<string, byte[]> Objects { get; } = [];

    /// <summary>The paths that were put, in that order.</summary>
    internal ConcurrentQueue<string> Puts { get; } = [];

    /// <summary>So many requests get an error that may pass.</summary>
    internal void Fail(int requests) => failures = requests;

    public void Dispose() => listener.Close();

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static bool IsSigned(HttpListenerRequest request)
    {
        var given = (request.Headers["Authorization"] ?? "").Split([' ', ',', '=', '/'], StringSplitOptions.RemoveEmptyEntries);
        if (given is not ["AWS4-HMAC-SHA256", "Credential", AccessKey, var day, var region, "s3", "aws4_request", "SignedHeaders", var names, "Signature", var signature])
        {
            return false;
        }

        var headers = names.Split(';').Select(name => $"{name}:{request.Headers[name]!.Trim()}\n");
        var canonical = string.Join('\n', request.HttpMethod, request.RawUrl, "", string.Concat(headers), names, request.Headers["x-amz-content-sha256"]);
        var text = $"AWS4-HMAC-SHA256\n{request.Headers["x-amz-date"]}\n{day}/{region}/s3/aws4_request\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = new[] { day, region, "s3", "aws4_request" }.Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + SecretKey), (made, part) => HMACSHA256.HashData(made, Encoding.UTF8.GetBytes(part)));
        return names.Split(';').Contains("host") && signature == Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                Answer(await listener.GetContextAsync());
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // It is closed.
        }
    }

    private void Answer(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        context.Request.InputStream.CopyTo(body);
        var path = Uri.UnescapeDataString(context.Request.RawUrl!);
        if (!IsSigned(context.Request) || context.Request.Headers["x-amz-content-sha256"] != Hex(SHA256.HashData(body.ToArray())))
        {
            context.Response.StatusCode = 403;
        }
        else if (Interlocked.Decrement(ref failures) >= 0)
        {
            context.Response.StatusCode = 503;
        }
        else if (context.Request.HttpMethod == "HEAD")
        {
            context.Response.StatusCode = Objects.ContainsKey(path) ? 200 : 404;
        }
        else
        {
            Objects[path] = body.ToArray();
            Puts.Enqueue(path);
        }

        context.Response.Close();
    }
}
