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

    /// <summary>What holds for SQL that somebody has written: what is not there is NULL, as in standard SQL, and joins are of all rows of all
    /// servers; times are of UTC, numbers are numbers, and a query that nobody waits for ends.</summary>
    private const string QuerySettings = "database=" + FleetSchema.Database + "&optimize_skip_unused_shards=1&session_timezone=UTC"
        + "&join_use_nulls=1&aggregate_functions_null_for_empty=1&cast_keep_nullable=1&prefer_global_in_and_join=1&distributed_product_mode=global"
        + "&asterisk_include_alias_columns=1&cancel_http_readonly_queries_on_client_close=1"
        + "&date_time_output_format=iso&output_format_json_quote_64bit_integers=0&output_format_json_quote_decimals=0&output_format_json_quote_denormals=0";

    private readonly ServerAddress address;
    private readonly HttpClient client;
    private readonly ByteBuffer packed = new();

    internal FleetServer(ServerAddress address)
    {
        this.address = address;
        client = new HttpClient(HandlerOf(address)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>What messages call it.</summary>
    internal string Name => address.Name;

    /// <summary>How a server is reached, and whom it is believed to be.</summary>
    internal static SocketsHttpHandler HandlerOf(ServerAddress address)
    {
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

        return handler;
    }

    /// <summary>What went wrong on the way to a server.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="error">What came of it.</param>
    internal static FleetException Problem(string name, Exception error) => error is HttpRequestException { InnerException: AuthenticationException refused }
        ? new FleetException($"{name}: {refused.Message}; --ca-file names a file of certificates of who vouches for the server", isFinal: true, error)
        : new FleetException($"{name}: {error.Message}", isFinal: false, error);

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
        using var content = new PacedContent(packed.Open(), address.Limit);
        content.Headers.ContentEncoding.Add("lz4");
        Send($"&insert_deduplication_token={Uri.EscapeDataString(token)}&max_insert_block_size={Batch.MostRows}&query={Uri.EscapeDataString(sql)}", content, packed.Written.Length, stop);
        return packed.Written.Length;
    }

    /// <summary>Runs SQL that somebody has written. It changes nothing, whoever asks: so has HTTP it for GET.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="format">Of the answer.</param>
    /// <param name="stop">Ends it.</param>
    /// <inheritdoc cref="Ask" path="/exception" />
    /// <exception cref="OperationCanceledException">It was to end.</exception>
    internal FleetAnswer Query(string sql, string format, CancellationToken stop)
    {
        using var request = Request(HttpMethod.Get, $"?{QuerySettings}&default_format={format}&query={Uri.EscapeDataString(sql.TrimEnd().TrimEnd(';'))}");
        var response = Told(() => client.Send(request, HttpCompletionOption.ResponseHeadersRead, stop));
        if (response.StatusCode != HttpStatusCode.OK)
        {
            using (response)
            {
                throw FleetException.OfQuery(Name, (int)response.StatusCode, Told(() => TextOf(response)));
            }
        }

        var answer = new FleetAnswer(Name, response, stop);
        if (answer.Format is { } other && other != format)
        {
            answer.Dispose();
            throw new FleetException($"{Name}: the SQL says FORMAT {other}; expected none: --format says how rows are written", isFinal: true) { IsOfSql = true };
        }

        return answer;
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
            using var request = Request(HttpMethod.Post, $"?{Settings}{parameters}");
            request.Content = content;
            return Told(() =>
            {
                using var response = client.Send(request, timeout.Token);
                var body = TextOf(response);
                return response.StatusCode == HttpStatusCode.OK ? body : throw FleetException.Of(Name, (int)response.StatusCode, body);
            });
        }
        catch (OperationCanceledException error) when (!stop.IsCancellationRequested)
        {
            throw new FleetException($"{Name}: no answer", isFinal: false, error);
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string query)
    {
        var request = new HttpRequestMessage(method, new Uri(address.Url, query));
        AddHeader(request, "X-ClickHouse-User", address.User);
        AddHeader(request, "X-ClickHouse-Key", address.Password);
        return request;
    }

    private static string TextOf(HttpResponseMessage response)
    {
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }

    /// <summary>Does something with the server, and says what goes wrong.</summary>
    private T Told<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is HttpRequestException or IOException and not FleetException)
        {
            throw Problem(Name, error);
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
