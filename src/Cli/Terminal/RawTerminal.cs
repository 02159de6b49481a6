namespace TraceCap.Cli.Terminal;

/// <summary>A terminal that gives each key at once and shows none of them, until this is disposed of.</summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly Action end;

    private RawTerminal(Action end) => this.end = end;

    /// <summary>Makes standard input so; null if it is no terminal that can be.</summary>
    internal static RawTerminal? Begin() => Console.IsInputRedirected ? null : Begin(Descriptors.Input);

    /// <summary>Makes a terminal so; null if it is none that can be.</summary>
    /// <param name="descriptor">Of it; on Windows there is only the console.</param>
    internal static RawTerminal? Begin(int descriptor) => Change(descriptor) is { } end ? new RawTerminal(end) : null;

    public void Dispose() => end();

    private static Action? Change(int descriptor) => !TerminalKind.TakesCodes ? null
        : OperatingSystem.IsLinux() ? LinuxTerminal.BeginRaw(descriptor)
        : OperatingSystem.IsMacOS() ? DarwinTerminal.BeginRaw(descriptor)
        : OperatingSystem.IsWindows() ? WindowsConsole.BeginRaw()
        : null;
}
