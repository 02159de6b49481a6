using System.Diagnostics;

namespace TraceCap.Cli.Terminal;

/// <summary>Draws something anew on the terminal that standard output is, about once a second, until this is disposed of.</summary>
internal sealed class LivePicture : IDisposable
{
    /// <summary>So many times as long as a picture takes nothing is drawn.</summary>
    private const int Rest = 9;

    private static readonly TimeSpan interval = TimeSpan.FromSeconds(1);

    private readonly Stream output;
    private readonly ManualResetEventSlim ended = new();
    private readonly Thread thread;

    /// <param name="output">The terminal.</param>
    /// <param name="draw">Gives text, UTF-8; null if there is none yet. Is called on a thread of its own.</param>
    internal LivePicture(Stream output, Func<byte[]?> draw)
    {
        this.output = output;
        thread = new Thread(() => Run(draw)) { IsBackground = true, Name = "picture" };
        thread.Start();
    }

    /// <summary>Ends the drawing, and takes the last picture away.</summary>
    public void Dispose()
    {
        ended.Set();
        thread.Join();
        output.Write(HomeAndClear);
        ended.Dispose();
    }

    private static ReadOnlySpan<byte> HomeAndClear => "\e[H\e[J"u8;

    private void Run(Func<byte[]?> draw)
    {
        var pause = TimeSpan.Zero;
        while (!ended.Wait(pause))
        {
            var watch = Stopwatch.StartNew();
            try
            {
                if (draw() is { } text)
                {
                    output.Write([.. HomeAndClear, .. text]);
                }
            }
            catch (IOException)
            {
                // Who reads the files for good says so, and so does who prints the end.
                return;
            }

            pause = watch.Elapsed * Rest > interval ? watch.Elapsed * Rest : interval;
        }
    }
}
