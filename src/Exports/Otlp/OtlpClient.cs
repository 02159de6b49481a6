using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using TraceCap.Analyzer.Formatting;
using TraceCap.Exports.Protobuf;

namespace TraceCap.Exports.Otlp;

/// <summary>
/// Posts requests, each until it is taken: OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp). What may pass is tried again, after
/// as long as the server asks for, or longer each time; what will not is an error. A request that was taken without
/// its answer arriving is sent again, so that a record may be there twice.
/// </summary>
internal sealed class OtlpClient : IDisposable
{
    private const int MostOfAnswer = 1 << 20;
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(5);

    /// <summary>Where nobody has ever answered, the address may be wrong.</summary>
    private static readonly TimeSpan patienceAtFirst = TimeSpan.FromSeconds(15);


    private readonly OtlpEndpoint endpoint;
    private readonly Action<TimeSpan> wait;
    private readonly HttpClient http;
    private readonly Random jitter = new();
    private bool hasAnswered;

    /// <param name="endpoint">Where to.</param>
    /// <param name="wait">Waits.</param>
    internal OtlpClient(OtlpEndpoint endpoint, Action<TimeSpan> wait)
    {
        (this.endpoint, this.wait) = (endpoint, wait);
        // Another address must not get the headers.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = endpoint.Timeout };
        http = new HttpClient(handler) { Timeout = endpoint.Timeout, MaxResponseContentBufferSize = MostOfAnswer };
    }

    /// <summary>Posts a request.</summary>
    /// <param name="request">The message.</param>
    /// <returns>How many records the server took the request without, and what it said.</returns>
    /// <exception cref="IOException">It is not taken.</exception>
    internal (ulong Rejected, string Message) Send(ReadOnlySpan<byte> request)
    {
        var body = endpoint.IsGzip ? Pack(request) : request.ToArray();
        var waited = TimeSpan.Zero;
        for (var tries = 1; ; tries++)
        {
            var (answer, problem, after) = Try(body);
            if (answer is not null)
            {
                return Read(answer);
            }

            var pause = after ?? TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, Math.Pow(2, tries - 1)) * (0.5 + (jitter.NextDouble() / 2)));
            if (waited + pause > (hasAnswered ? patience : patienceAtFirst))
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{endpoint.Name}: {problem}; tried {tries} times, and given up"));
            }

            wait(pause);
            waited += pause;
        }
    }

    public void Dispose() => http.Dispose();

    private (byte[]? Answer, string Problem, TimeSpan? After) Try(byte[] body)
    {
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new ByteArrayContent(body) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            if (endpoint.IsGzip)
            {
                message.Content.Headers.ContentEncoding.Add("gzip");
            }

            foreach (var (name, value) in endpoint.Headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = http.Send(message);
            hasAnswered = true;
            using var content = response.Content.ReadAsStream();
            var answer = new MemoryStream();
            content.CopyTo(answer);
            if (response.IsSuccessStatusCode)
            {
                return (answer.ToArray(), "", null);
            }

            var problem = Problem(response, answer.ToArray());
            return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
                ? (null, problem, After(response.Headers.RetryAfter))
                : throw new IOException($"{endpoint.Name}: {problem}");
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new IOException($"{endpoint.Name}: {(error.InnerException ?? error).Message}", error);
        }
        catch (HttpRequestException error)
        {
            return (null, (error.InnerException ?? error).Message, null);
        }
        catch (OperationCanceledException)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"no answer within {endpoint.Timeout.TotalSeconds:0.###} s"), null);
        }
    }

    private static TimeSpan? After(RetryConditionHeaderValue? header)
    {
        var after = header?.Delta ?? (header?.Date is { } date ? date - DateTimeOffset.UtcNow : null);
        return after is { } time && time < TimeSpan.Zero ? TimeSpan.Zero : after;
    }

    private static string Problem(HttpResponseMessage response, byte[] answer)
    {
        var said = "";
        var status = new ProtoReader(answer);
        while (response.Content.Headers.ContentType?.MediaType == "application/x-protobuf" && status.Read())
        {
            said = status.Field == OtlpFields.Status.Message ? $": {PrintableText.Of(status.Text)}" : said;
        }

        return string.Create(CultureInfo.InvariantCulture, $"the server answered {(int)response.StatusCode} ({PrintableText.Of(response.ReasonPhrase ?? "")}){said}");
    }

    private static (ulong Rejected, string Message) Read(byte[] answer)
    {
        var (rejected, message) = (0ul, "");
        var response = new ProtoReader(answer);
        while (response.Read())
        {
            var partial = new ProtoReader(response.Field == OtlpFields.Response.PartialSuccess ? response.Bytes : default);
            while (partial.Read())
            {
                rejected = partial.Field == OtlpFields.Response.RejectedLogRecords ? partial.Number : rejected;
                message = partial.Field == OtlpFields.Response.ErrorMessage ? PrintableText.Of(partial.Text) : message;
            }
        }

        return (rejected, message);
    }

    private static byte[] Pack(ReadOnlySpan<byte> request)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(request);
        }

        return packed.ToArray();
    }
}
