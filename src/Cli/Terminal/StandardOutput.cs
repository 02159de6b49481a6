namespace TraceCap.Cli.Terminal;

/// <summary>Where results go.</summary>
internal static class StandardOutput
{
    internal const string Name = "standard output";

    /// <summary>The narrowest terminal that tables are fitted to.</summary>
    internal const int Narrowest = 40;

    /// <summary>How wide a table may be; 0 if it does not go to a terminal, and so to no width. The console's own answer
    /// would send the terminal codes that nothing takes back.</summary>
    internal static int Columns => Console.IsOutputRedirected ? 0 : Math.Max(Narrowest, Descriptors.Columns(Descriptors.Output));

    /// <summary>Whether what was printed can be drawn over.</summary>
    internal static bool CanRedraw => !Console.IsOutputRedirected && TerminalKind.TakesCodes;

    /// <summary>Standard output of this platform.</summary>
    /// <exception cref="CommandException">It was closed when the process began.</exception>
    internal static Stream Open()
    {
        if (!Descriptors.IsOpen(Descriptors.Output))
        {
            throw new CommandException($"{Name} is closed: there is nowhere to write to");
        }

        return OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new DescriptorStream(Descriptors.Output, Name);
    }

    /// <summary>The same for lines of text, each written at once.</summary>
    internal static StreamWriter OpenText() => new(Open()) { AutoFlush = true, NewLine = "\n" };
}
