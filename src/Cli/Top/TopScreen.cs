using System.Runtime.InteropServices;
using System.Text;
using Spectre.Console;
using TraceCap.Analyzer.Rolling;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Top;

/// <summary>Shows tables on all of a terminal while another thread reads them, and does what is typed.</summary>
/// <param name="source">What is read.</param>
/// <param name="reader">Reads it.</param>
/// <param name="pace">How recorded time passes.</param>
/// <param name="state">What is shown at first.</param>
/// <param name="steps">How time is cut.</param>
/// <param name="zone">Times of day are in it.</param>
internal sealed class TopScreen(TopSource source, TopReader reader, TopPace pace, TopState state, RollingSteps steps, TimeZoneInfo zone)
{
    private readonly object gate = new();
    private readonly Queue<string> keys = [];
    private readonly TopKeys commands = new(state, steps, source.IsLive ? null : pace);
    private RollingTable? latest;
    private bool isChanged = true;
    private bool isEnd;
    private (ExitCode Code, Exception? Failure)? read;

    /// <summary>Shows all until it is told to end.</summary>
    internal ExitCode Run()
    {
        using var screen = FullScreen.Open();
        using var signals = new Signals(this);
        try
        {
            if (screen.Keys is { } typed)
            {
                KeyReader.Begin(typed, Press);
            }

            var thread = new Thread(Read) { IsBackground = true, Name = "reading" };
            thread.Start();
            while (Next(hasKeys: screen.Keys is not null))
            {
                Draw(screen);
            }

            pace.End();
            source.Stop();
            // What is shown is all that is wanted: a file that is waited for need not end.
            if (source.IsLive)
            {
                thread.Join();
            }

            return Result();
        }
        catch
        {
            // Nothing that was not foreseen leaves a terminal without its cursor.
            screen.Dispose();
            throw;
        }
    }

    private ExitCode Result()
    {
        lock (gate)
        {
            return read is not { } ended ? ExitCode.Done
                : ended.Failure is null or OperationCanceledException ? ended.Code
                : throw new CommandException(ended.Failure.Message);
        }
    }

    /// <summary>Waits until there is something new to draw.</summary>
    /// <param name="hasKeys">Whether somebody may type.</param>
    /// <returns>False at the end.</returns>
    private bool Next(bool hasKeys)
    {
        lock (gate)
        {
            while (!isChanged && !isEnd && keys.Count == 0)
            {
                Monitor.Wait(gate);
            }

            isChanged = false;
            while (keys.TryDequeue(out var key))
            {
                commands.Press(key);
            }

            state.Table = state.IsPaused && source.IsLive ? state.Table : latest ?? state.Table;
            state.HasEnded = read is not null;
            // A recording that ended, or failed, has no more to show; of a file one may want to see the end.
            return !isEnd && !commands.IsEnd && !(read is { } ended && (ended.Failure is not null || source.IsLive || !hasKeys));
        }
    }

    private void Draw(FullScreen screen)
    {
        var (columns, rows) = FullScreen.Size;
        commands.Page = TopView.PageOf(rows);
        state.Message = screen.LastMessage;
        state.Step = state.Step == 0 ? steps.Step : state.Step;
        state.Offset = Math.Clamp(state.Offset, 0, Math.Max(0, state.Rows.Count - commands.Page));
        reader.Step = state.Step;
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            Out = new Canvas(text, columns, rows),
        });
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
        {
            console.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        }

        console.Write(new TopView(state, source, state.Step * steps.Cell, zone, rows));
        screen.Draw(text.ToString().Split('\n').Take(rows));
    }

    private void Read()
    {
        (ExitCode, Exception?) result;
        try
        {
            result = (reader.Run(table =>
            {
                Change(() => latest = table);
                return true;
            }), null);
        }
        catch (Exception error)
        {
            result = (error is CommandException { Code: var code } ? code : ExitCode.Failed, error);
        }

        Change(() => read = result);
    }

    private void Press(string key) => Change(() => keys.Enqueue(key));

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            isChanged = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>What a picture is drawn on.</summary>
    private sealed class Canvas(TextWriter text, int columns, int rows) : IAnsiConsoleOutput
    {
        public TextWriter Writer => text;

        public bool IsTerminal => true;

        public int Width => columns;

        public int Height => rows;

        public void SetEncoding(Encoding encoding)
        {
            // It is text.
        }
    }

    /// <summary>Signals that end the picture, and the one that tells of another size.</summary>
    private sealed class Signals : IDisposable
    {
        private readonly PosixSignalRegistration[] registrations;

        internal Signals(TopScreen screen) => registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                screen.Change(() => screen.isEnd = true);
            })),
            .. OperatingSystem.IsWindows() ? Array.Empty<PosixSignalRegistration>() :
            [
                PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => screen.Change(() => { })),
                PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => screen.Change(() => { })),
            ],
        ];

        public void Dispose() => Array.ForEach(registrations, registration => registration.Dispose());
    }
}
