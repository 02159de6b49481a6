using System.Text;

namespace TraceCap.Cli.Terminal;

/// <summary>
/// Where messages go, as far as they can: nothing that is done waits long for a reader, and nothing fails
/// because there is none. A thread of its own writes them, since a terminal that is stopped stops all that write to it.
/// </summary>
internal static class StandardError
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly Lock gate = new();
    private static BackgroundWriter? writer;
    private static bool isStuck;

    /// <summary>Whether it is a terminal.</summary>
    internal static bool IsTerminal => Descriptors.IsOpen(Descriptors.Error) && !Console.IsErrorRedirected;

    /// <summary>Writes, and waits until it is written, but not for ever.</summary>
    internal static void Write(string text)
    {
        lock (gate)
        {
            if (TryBegin(text, isStuck ? TimeSpan.Zero : Patience))
            {
                isStuck = !writer!.Written.Wait(Patience);
            }
        }
    }

    /// <summary>Has it written soon, unless what came before is still being written: then it is dropped.</summary>
    internal static void Post(string text)
    {
        lock (gate)
        {
            TryBegin(text, TimeSpan.Zero);
        }
    }

    private static bool TryBegin(string text, TimeSpan patience)
    {
        if (!Descriptors.IsOpen(Descriptors.Error))
        {
            return false;
        }

        writer ??= new BackgroundWriter(
            OperatingSystem.IsWindows() ? Console.OpenStandardError() : new DescriptorStream(Descriptors.Error, "standard error"), "messages");
        if (!writer.Written.Wait(patience))
        {
            return false;
        }

        writer.Begin(Encoding.UTF8.GetBytes(text));
        return true;
    }
}
