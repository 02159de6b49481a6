namespace TraceCap.Exports.ClickHouse;

/// <summary>Tries again what a server could not do, less and less often, for as long as it is worth it.</summary>
/// <param name="most">For how long; null: for ever.</param>
/// <param name="tell">Is told of what failed, and when it is tried again.</param>
internal sealed class Patience(TimeSpan? most, Action<string> tell)
{
    private static readonly TimeSpan first = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(1);

    /// <summary>Does something until it is done.</summary>
    /// <exception cref="FleetException">It cannot be done, or could not for so long.</exception>
    /// <exception cref="OperationCanceledException">It was to end.</exception>
    internal void Keep(Action action, CancellationToken stop)
    {
        var (pause, began) = (first, Environment.TickCount64);
        string? told = null;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                action();
                return;
            }
            catch (FleetException error) when (!error.IsFinal && TimeSpan.FromMilliseconds(Environment.TickCount64 - began) + pause < (most ?? TimeSpan.MaxValue))
            {
                // Once is enough while nothing changes.
                if (told != error.Message)
                {
                    tell($"{error.Message}; trying again");
                    told = error.Message;
                }

                // Not all hosts of a fleet at once.
                stop.WaitHandle.WaitOne(pause * (0.5 + (Random.Shared.NextDouble() / 2)));
                pause = pause * 2 < longest ? pause * 2 : longest;
            }
        }
    }
}
