using System.Globalization;

namespace TraceCap.Exports.Otlp;

/// <summary>
/// Where log records go, and how: a URL, and what the environment variables of OpenTelemetry's exporters say
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/), those of logs before those of all signals.
/// </summary>
internal sealed record OtlpEndpoint
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string LogsPath = "/v1/logs";

    /// <summary>Where requests are posted.</summary>
    public required Uri Url { get; init; }

    /// <summary>Headers of each request, such as those that say who asks. They are secrets: no message tells them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>How long one request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether requests are packed.</summary>
    public bool IsGzip { get; init; } = true;

    /// <summary>What messages call it: without what a URL may have of secrets.</summary>
    public string Name => Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Whether an output is an endpoint and no file.</summary>
    public static bool IsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    /// <summary>Reads a URL, to which the path of logs is added unless it ends with that.</summary>
    /// <param name="text">Such as <c>http://localhost:4318</c>.</param>
    /// <param name="environment">Gives the value of an environment variable; null if there is none.</param>
    /// <exception cref="FormatException">It is none, or a variable says what cannot be.</exception>
    public static OtlpEndpoint Parse(string text, Func<string, string?> environment)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new FormatException($"'{text}' is no endpoint; expected a URL such as http://localhost:4318");
        }

        var path = url.AbsolutePath.TrimEnd('/');
        var endpoint = new OtlpEndpoint
        {
            Url = new UriBuilder(url) { Path = path.EndsWith(LogsPath, StringComparison.Ordinal) ? path : path + LogsPath }.Uri,
        };
        if (Value("HEADERS") is var (headersName, headers))
        {
            endpoint = endpoint with { Headers = [.. headers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(pair => Header(pair, headersName))] };
        }

        if (Value("TIMEOUT") is var (timeoutName, timeout))
        {
            endpoint = int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
                ? endpoint with { Timeout = TimeSpan.FromMilliseconds(milliseconds) }
                : throw new FormatException($"the environment variable {timeoutName} is '{timeout}'; expected milliseconds, such as 10000");
        }

        if (Value("COMPRESSION") is var (compressionName, compression))
        {
            endpoint = compression is "gzip" or "none"
                ? endpoint with { IsGzip = compression == "gzip" }
                : throw new FormatException($"the environment variable {compressionName} is '{compression}'; expected gzip or none");
        }

        return endpoint;

        (string Name, string Text)? Value(string name) => new[] { $"{Prefix}LOGS_{name}", Prefix + name }
            .Select(variable => (Name: variable, Text: environment(variable)))
            .Where(variable => variable.Text is { Length: > 0 })
            .Select(variable => ((string, string)?)(variable.Name, variable.Text!)).FirstOrDefault();
    }

    private static KeyValuePair<string, string> Header(string pair, string variable)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = equals > 0 ? (pair[..equals].Trim(), Uri.UnescapeDataString(pair[(equals + 1)..].Trim())) : ("", "");
        return name.Length > 0 && name.All(IsToken) && !value.Any(char.IsControl)
            ? new(name, value)
            : throw new FormatException($"the environment variable {variable} has something that is no header; expected name=value, several with commas between them");
    }

    /// <summary>RFC 9110.</summary>
    private static bool IsToken(char letter) => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal);
}
