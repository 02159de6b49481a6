using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Files;

/// <summary>A capture that is piped in.</summary>
internal static class StandardInput
{
    internal const string Name = "standard input";

    /// <summary>Whether another process writes it while it is read.</summary>
    internal static bool IsPipe => Descriptors.IsOpen(Descriptors.Input) && FileIdentity.KindOf(Descriptors.PathOf(Descriptors.Input)) == FileKind.Pipe;

    /// <exception cref="CommandException">It is closed, a terminal, or another device: nothing that a capture comes from.
    /// </exception>
    internal static Stream Open()
    {
        if (!Descriptors.IsOpen(Descriptors.Input))
        {
            throw new CommandException($"{Name} is closed; give a FILE, or pipe a capture in", ExitCode.Usage);
        }

        if (!Console.IsInputRedirected)
        {
            throw new CommandException($"{Name} is a terminal, not a capture; give a FILE, or pipe one in", ExitCode.Usage);
        }

        if (FileIdentity.KindOf(Descriptors.PathOf(Descriptors.Input)) == FileKind.Device)
        {
            throw new CommandException($"{Name} is a device, not a capture; give a FILE, or pipe one in", ExitCode.Usage);
        }

        return Console.OpenStandardInput();
    }

    /// <summary>All of it, as text; a terminal too, until Ctrl-D.</summary>
    /// <exception cref="CommandException">It is closed.</exception>
    internal static string ReadText()
    {
        if (!Descriptors.IsOpen(Descriptors.Input))
        {
            throw new CommandException($"{Name} is closed", ExitCode.Usage);
        }

        using var reader = new StreamReader(Console.OpenStandardInput());
        return reader.ReadToEnd();
    }
}
