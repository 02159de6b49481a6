using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using K4os.Compression.LZ4.Streams;

namespace TraceCap.Exports.ClickHouse;

/// <summary>A server of a fleet, by its HTTP interface. For one thread after another.</summary>
internal sealed class FleetServer : IDisposable
{
    private static readonly TimeSpan forConnecting = TimeSpan.FromSeconds(10);

    /// <summary>For an answer; the time that --limit takes comes on top.</summary>
    private static readonly TimeSpan forAnswering = TimeSpan.FromMinutes(2);

    /// <summary>What holds for each request: only the servers that have a host are asked about it, and one that has accepted rows has
    /// them, and not just in its memory.</summary>
    private const string Settings = "optimize_skip_unused_shards=1&distributed_foreground_insert=1&async_insert=0&insert_deduplicate=1";

    private readonly ServerAddress address;
    private readonly HttpClient client;
    private readonly ByteBuffer packed = new();

    internal FleetServer(ServerAddress address)
    {
        this.address = address;
        var handler = new SocketsHttpHandler
        {
            // What is sent is for this server alone.
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !address.Url.IsLoopback,
            ConnectTimeout = forConnecting,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (address.Authorities.Count > 0)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(address.Authorities);
        }

        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>What messages call it.</summary>
    internal string Name => address.Name;

    /// <summary>Asks.</summary>
    /// <param name="sql">A query; its answer is short.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The rows, values separated by tabs.</returns>
    /// <exception cref="FleetException">There is no answer.</exception>
    internal string Ask(string sql, CancellationToken stop = default)
    {
        using var content = new StringContent(sql);
        return Send("", content, bytes: 0, stop);
    }

    /// <summary>How many of the rows of a batch are there.</summary>
    /// <inheritdoc cref="Ask" path="/exception" />
    internal ulong Count(Batch batch, CaptureIdentity capture) => ulong.Parse(
        Ask(string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT uniqExact({FleetTable.Row}) FROM {FleetSchema.Database}.{batch.Table.Name} WHERE {Of(capture)} AND {FleetTable.Row} >= {batch.First} AND {FleetTable.Row} < {batch.First + (ulong)batch.Rows} AND {batch.Table.Time} BETWEEN {Time(batch.From)} AND {Time(batch.To)}")),
        CultureInfo.InvariantCulture);

    /// <summary>Whether any rows of a capture are there.</summary>
    /// <inheritdoc cref="Ask" path="/exception" />
    internal bool HasAny(FleetTable table, CaptureIdentity capture) =>
        Ask($"SELECT 1 FROM {FleetSchema.Database}.{table.Name} WHERE {Of(capture)} LIMIT 1").Length > 0;

    /// <summary>Whether all of a capture is there.</summary>
    /// <inheritdoc cref="Ask" path="/exception" />
    internal bool HasAll(CaptureIdentity capture) =>
        Ask(string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT count() = {capture.Summary.Sections.Count} AND sum(most) = {capture.Events} FROM (SELECT max(events) AS most FROM {FleetSchema.Database}.{FleetTable.Captures.Name} WHERE {Of(capture)} GROUP BY section)"))
        .StartsWith('1');

    /// <summary>Inserts a batch. The server takes it once, however often it is sent.</summary>
    /// <returns>How many bytes were sent.</returns>
    /// <inheritdoc cref="Ask" path="/exception" />
    internal long Insert(Batch batch, string token, CancellationToken stop)
    {
        packed.Clear();
        LZ4Frame.Encode(batch.Bytes.Written.Span, packed);
        var columns = string.Join(',', batch.Table.Sent.Select(column => column.Name));
        var sql = $"INSERT INTO {FleetSchema.Database}.{batch.Table.Name} ({columns}) FORMAT RowBinary";
        using var content = new PacedContent(packed.Written, address.Limit);
        content.Headers.ContentEncoding.Add("lz4");
        Send($"&insert_deduplication_token={Uri.EscapeDataString(token)}&max_insert_block_size={Batch.MostRows}&query={Uri.EscapeDataString(sql)}", content, packed.Written.Length, stop);
        return packed.Written.Length;
    }

    public void Dispose() => client.Dispose();

    private static string Of(CaptureIdentity capture) =>
        $"host IN ({string.Join(", ", capture.Hosts.Select(SqlText.Quote))}) AND {FleetTable.CaptureId} = '{capture.Id}'";

    private static string Time(ulong nanoseconds) => string.Create(CultureInfo.InvariantCulture, $"fromUnixTimestamp64Nano({nanoseconds}, 'UTC')");

    private string Send(string parameters, HttpContent content, long bytes, CancellationToken stop)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(forAnswering + TimeSpan.FromSeconds(address.Limit is { } limit ? bytes / (double)limit : 0));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address.Url, $"?{Settings}{parameters}")) { Content = content };
            AddHeader(request, "X-ClickHouse-User", address.User);
            AddHeader(request, "X-ClickHouse-Key", address.Password);
            using var response = client.Send(request, timeout.Token);
            using var reader = new StreamReader(response.Content.ReadAsStream(timeout.Token));
            var body = reader.ReadToEnd();
            return response.StatusCode == HttpStatusCode.OK ? body : throw FleetException.Of(Name, (int)response.StatusCode, body);
        }
        catch (HttpRequestException error) when (error.InnerException is AuthenticationException refused)
        {
            throw new FleetException($"{Name}: {refused.Message}; --ca-file names a file of certificates of who vouches for the server", isFinal: true, error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException and not FleetException)
        {
            throw new FleetException($"{Name}: {error.Message}", isFinal: false, error);
        }
        catch (OperationCanceledException error) when (!stop.IsCancellationRequested)
        {
            throw new FleetException($"{Name}: no answer", isFinal: false, error);
        }
    }

    private static void AddHeader(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
