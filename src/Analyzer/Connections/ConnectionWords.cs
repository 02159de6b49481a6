namespace TraceCap.Analyzer.Connections;

/// <summary>The words for roles and endings of connections, wherever they are written.</summary>
internal static class ConnectionWords
{
    /// <summary>The mark of one that was there before the recording began.</summary>
    internal const string Preexisting = "pre-existing";

    /// <summary>The word for a role.</summary>
    internal static string Of(ConnectionRole role) => role switch
    {
        ConnectionRole.Client => "client",
        ConnectionRole.Server => "server",
        _ => "unknown",
    };

    /// <summary>The word for an ending.</summary>
    internal static string Of(ConnectionEnding ending) => ending switch
    {
        ConnectionEnding.Open => "open",
        ConnectionEnding.Closed => "closed",
        ConnectionEnding.Reset => "reset",
        ConnectionEnding.Failed => "failed",
        _ => "unseen",
    };
}
