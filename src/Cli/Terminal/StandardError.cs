using System.Text;

namespace TraceCap.Cli.Terminal;

/// <summary>
/// Where messages go, as far as they can: nothing that is done waits long for a reader, and nothing fails
/// because there is none. A thread of its own writes them, since a terminal that is stopped stops all that write to it.
/// </summary>
internal static class StandardError
{
    internal const string Name = "standard error";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly Lock gate = new();
    private static BackgroundWriter? writer;
    private static bool isStuck;

    /// <summary>Whether it is a terminal.</summary>
    internal static bool IsTerminal => Descriptors.IsOpen(Descriptors.Error) && !Console.IsErrorRedirected;

    /// <summary>How wide a table on it may be; 0 if it is no terminal.</summary>
    internal static int Columns => IsTerminal ? Math.Max(StandardOutput.Narrowest, Descriptors.Columns(Descriptors.Error)) : 0;

    /// <summary>It as a stream of results, for a command whose standard output is another's.</summary>
    /// <exception cref="CommandException">It was closed when the process began.</exception>
    internal static Stream Open() => Descriptors.IsOpen(Descriptors.Error)
        ? OpenStream()
        : throw new CommandException($"{Name} is closed: there is nowhere to write to");

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

    private static Stream OpenStream() => OperatingSystem.IsWindows() ? Console.OpenStandardError() : new DescriptorStream(Descriptors.Error, Name);

    private static bool TryBegin(string text, TimeSpan patience)
    {
        if (!Descriptors.IsOpen(Descriptors.Error))
        {
            return false;
        }

        writer ??= new BackgroundWriter(OpenStream(), "messages");
        if (!writer.Written.Wait(patience))
        {
            return false;
        }

        writer.Begin(Encoding.UTF8.GetBytes(text));
        return true;
    }
}
