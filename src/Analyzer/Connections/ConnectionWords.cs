using TraceCap.Analyzer.Fields;

namespace TraceCap.Analyzer.Connections;

/// <summary>The words for roles of connections, wherever they are written; <see cref="Ending"/> has those of endings.</summary>
internal static class ConnectionWords
{
    /// <summary>The mark of one that was there before the recording began.</summary>
    internal const string Preexisting = "pre-existing";

    /// <summary>The words for roles.</summary>
    internal static Words Roles { get; } = new(Enum.GetValues<ConnectionRole>().Select(role => ((int)role, Of(role))));

    /// <summary>The word for a role.</summary>
    internal static string Of(ConnectionRole role) => role switch
    {
        ConnectionRole.Client => "client",
        ConnectionRole.Server => "server",
        _ => "unknown",
    };
}
