namespace TraceCap.Cli;

/// <summary>What goes to stderr.</summary>
internal static class Messages
{
    internal static void Warn(string message) => Console.Error.WriteLine("tracecap: " + message);
}
