using System.Text.Json;

namespace TraceCap.Exports.ClickHouse;

/// <summary>What a server answers to a query; it may go on arriving for long.</summary>
internal sealed class FleetAnswer : IDisposable
{
    private readonly string server;
    private readonly HttpResponseMessage response;
    private readonly CancellationToken stop;
    private readonly CancellationTokenRegistration stopping;

    /// <param name="server">What messages call it.</param>
    /// <param name="response">The answer.</param>
    /// <param name="stop">Ends it: the server takes the end of the connection for that.</param>
    internal FleetAnswer(string server, HttpResponseMessage response, CancellationToken stop)
    {
        (this.server, this.response, this.stop) = (server, response, stop);
        Stream = response.Content.ReadAsStream(CancellationToken.None);
        stopping = stop.Register(response.Dispose);
    }

    /// <summary>What it says.</summary>
    internal Stream Stream { get; }

    /// <summary>What it is written in; null if nothing is.</summary>
    internal string? Format => response.Headers.TryGetValues("X-ClickHouse-Format", out var values) ? values.FirstOrDefault() : null;

    /// <summary>Reads of it.</summary>
    /// <exception cref="FleetException">It is cut short.</exception>
    /// <exception cref="OperationCanceledException">It was to end.</exception>
    internal T Guard<T>(Func<T> read)
    {
        try
        {
            var value = read();
            // What is closed in the middle may look like the end.
            stop.ThrowIfCancellationRequested();
            return value;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or JsonException && error is not FleetException)
        {
            stop.ThrowIfCancellationRequested();
            throw new FleetException($"{server}: its answer is cut short: {error.Message}", isFinal: false, error);
        }
    }

    /// <summary>What went wrong after it had begun to answer.</summary>
    /// <param name="text">What it said of that.</param>
    internal FleetException Failure(string text) => FleetException.OfQuery(server, (int)response.StatusCode, text);

    public void Dispose()
    {
        stopping.Dispose();
        response.Dispose();
    }
}
