using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using TraceCap.Exports.ClickHouse;

namespace TraceCap.Exports.ObjectStorage;

/// <summary>A bucket, or a part of one, of a server that speaks S3. Its name is in the path of the URL.</summary>
internal sealed class S3Bucket : IDisposable
{
    private const string EmptySum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly TimeSpan forAnswering = TimeSpan.FromMinutes(2);

    /// <summary>A line that is slower than that is taken for one that is down.</summary>
    private const double LeastBytesPerSecond = 10_000;

    private readonly ServerAddress address;
    private readonly HttpClient client;
    private readonly AwsSignature? signature;
    private readonly string? sessionToken;

    /// <param name="address">The URL of the bucket, and of what all keys in it begin with; the user is the access key, the password the secret key. Without
    /// a user, requests are not signed.</param>
    /// <param name="region">Where the bucket is.</param>
    /// <param name="sessionToken">What belongs to keys that are for a while; null: they are for long.</param>
    internal S3Bucket(ServerAddress address, string region, string? sessionToken)
    {
        this.address = address;
        this.sessionToken = sessionToken;
        client = new HttpClient(FleetServer.HandlerOf(address)) { Timeout = Timeout.InfiniteTimeSpan };
        signature = address is { User: { } user, Password: { } secret } ? new AwsSignature(user, secret, region) : null;
    }

    /// <summary>What messages call it.</summary>
    internal string Name => address.Url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Whether there is an object.</summary>
    /// <exception cref="FleetException">The server does not say.</exception>
    internal bool Has(string key, CancellationToken stop)
    {
        using var request = Request(HttpMethod.Head, key, EmptySum);
        return Send(request, bytes: 0, stop) != HttpStatusCode.NotFound;
    }

    /// <summary>Puts a file there; what is there already is replaced, whole or not at all.</summary>
    /// <returns>How many bytes were sent.</returns>
    /// <exception cref="FleetException">The server does not take it.</exception>
    internal long Put(string key, string path, CancellationToken stop)
    {
        using var file = File.OpenRead(path);
        var sum = AwsSignature.Hex(SHA256.HashData(file));
        file.Position = 0;
        using var request = Request(HttpMethod.Put, key, sum);
        request.Content = new PacedContent(file, address.Limit);
        return Send(request, file.Length, stop) == HttpStatusCode.NotFound
            ? throw new FleetException($"{Name}: HTTP status 404; there is no such bucket: the URL is https://SERVER/BUCKET/PREFIX", isFinal: true)
            : file.Length;
    }

    public void Dispose() => client.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string key, string sum)
    {
        var url = new Uri($"{Name}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}");
        var request = new HttpRequestMessage(method, url);
        if (signature is not null)
        {
            var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["host"] = url.Authority,
                ["x-amz-content-sha256"] = sum,
                ["x-amz-date"] = AwsSignature.Time(DateTime.UtcNow),
            };
            if (sessionToken is not null)
            {
                headers["x-amz-security-token"] = sessionToken;
            }

            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            request.Headers.TryAddWithoutValidation("Authorization", signature.Authorization(method.Method, url.AbsolutePath, headers, sum));
        }

        return request;
    }

    /// <returns>That it is done, or not found.</returns>
    private HttpStatusCode Send(HttpRequestMessage request, long bytes, CancellationToken stop)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(forAnswering + TimeSpan.FromSeconds(bytes / Math.Min(LeastBytesPerSecond, address.Limit ?? LeastBytesPerSecond)));
        try
        {
            using var response = client.Send(request, timeout.Token);
            return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound ? response.StatusCode : throw Refused(response.StatusCode);
        }
        catch (Exception error) when (error is HttpRequestException or IOException and not FleetException)
        {
            throw FleetServer.Problem(Name, error);
        }
        catch (OperationCanceledException error) when (!stop.IsCancellationRequested)
        {
            throw new FleetException($"{Name}: no answer", isFinal: false, error);
        }
    }

    private FleetException Refused(HttpStatusCode status) => new(
        string.Create(CultureInfo.InvariantCulture, $"{Name}: HTTP status {(int)status}")
            + (status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized
                ? "; keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --user and --password-file, the region AWS_REGION; and they have to be allowed to read and write there"
                : ""),
        isFinal: (int)status is < 500 and not (408 or 425 or 429));
}
