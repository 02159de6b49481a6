using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TraceCap.Cli.Terminal;

/// <summary>All of the terminal that standard output is, until this is disposed of: then what was there before is there again. Messages are
/// held back meanwhile, and told afterwards.</summary>
internal sealed class FullScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[2J";
    private const string Leave = "\e[?25h\e[?1049l";

    // Between these a terminal that knows them draws nothing, so that no half of a picture is seen.
    private const string Begin = "\e[?2026h\e[H";
    private const string End = "\e[J\e[?2026l";
    private const int MostHeld = 100;

    private readonly Stream output;
    private readonly SafeFileHandle? terminal;
    private readonly RawTerminal? raw;
    private readonly Queue<string> held = [];
    private int dropped;
    private bool isLeft;

    private FullScreen(Stream output, SafeFileHandle? terminal, RawTerminal? raw)
    {
        (this.output, this.terminal, this.raw) = (output, terminal, raw);
        Keys = raw is null ? null : Descriptors.OpenKeys(terminal);
        Messages.Divert(Hold);
        Write(Enter);
    }

    /// <summary>What is typed; null if there is no terminal that keys come from.</summary>
    internal Stream? Keys { get; }

    /// <summary>How large it is now.</summary>
    internal static (int Columns, int Rows) Size => Descriptors.SizeOf(Descriptors.Output) ?? (Descriptors.Columns(Descriptors.Output), 24);

    /// <summary>The last message that was held back; null if none was.</summary>
    internal string? LastMessage
    {
        get
        {
            lock (held)
            {
                return held.LastOrDefault();
            }
        }
    }

    /// <summary>Takes the terminal.</summary>
    internal static FullScreen Open()
    {
        var terminal = Console.IsInputRedirected ? Descriptors.OpenTerminal() : new SafeFileHandle(Descriptors.Input, ownsHandle: false);
        var raw = terminal is null ? null : RawTerminal.Begin((int)terminal.DangerousGetHandle());
        try
        {
            return new FullScreen(StandardOutput.Open(), terminal, raw);
        }
        catch
        {
            raw?.Dispose();
            throw;
        }
    }

    /// <summary>Shows a picture in place of that before.</summary>
    /// <param name="lines">Each as wide as the terminal at most, and as many as it has rows at most.</param>
    internal void Draw(IEnumerable<string> lines) => Write(Begin + string.Join("\r\n", lines.Select(line => line + "\e[0m\e[K")) + End);

    /// <summary>Gives the terminal back, whatever happened.</summary>
    public void Dispose()
    {
        if (isLeft)
        {
            return;
        }

        isLeft = true;
        try
        {
            Write(Leave);
        }
        catch (IOException)
        {
            // The terminal is gone.
        }

        raw?.Dispose();
        Messages.Divert(null);
        foreach (var message in held)
        {
            Messages.Warn(message);
        }

        if (dropped > 0)
        {
            Messages.Warn(FormattableString.Invariant($"{dropped:N0} earlier messages are left out"));
        }

        Keys?.Dispose();
        terminal?.Dispose();
        output.Dispose();
    }

    private void Hold(string message)
    {
        lock (held)
        {
            held.Enqueue(message);
            if (held.Count > MostHeld)
            {
                held.Dequeue();
                dropped++;
            }
        }
    }

    private void Write(string text) => output.Write(Encoding.UTF8.GetBytes(text));
}
