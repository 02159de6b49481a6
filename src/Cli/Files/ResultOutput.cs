using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Files;

/// <summary>Where the results of a command go: to standard output, or into a file that appears under its name once they are complete.
/// </summary>
internal sealed class ResultOutput : IDisposable
{
    private readonly NewCapture? file;

    private ResultOutput(Stream stream, NewCapture? file, bool isTerminal, int? width = null, TextColours? colours = null) =>
        (Stream, this.file, IsTerminal, Width, Colours) =
            (stream, file, isTerminal, width ?? (file is null ? StandardOutput.Columns : 0), colours ?? (file is null ? ColourChoice.OfOutput : TextColours.None));

    /// <summary>Takes them.</summary>
    internal Stream Stream { get; }

    /// <summary>Whether a person watches.</summary>
    internal bool IsTerminal { get; }

    /// <summary>How wide a table may be; 0: of any width.</summary>
    internal int Width { get; }

    /// <summary>How text for people stands out.</summary>
    internal TextColours Colours { get; }

    /// <param name="path">The file; null or <c>-</c> for standard output.</param>
    /// <param name="force">Whether a file that is there already is replaced.</param>
    /// <param name="inputs">What the results are of; none of it is ever replaced.</param>
    internal static ResultOutput Open(string? path, bool force, params ReadOnlySpan<string> inputs)
    {
        if (path is null or CaptureName.Pipe)
        {
            var output = StandardOutput.Open();
            return new ResultOutput(!Console.IsOutputRedirected && StatusLine.IsSeen ? new ScreenStream(output) : output, null, !Console.IsOutputRedirected);
        }

        var file = NewCapture.Create(path, force, inputs);
        return new ResultOutput(file.Stream, file, false);
    }

    /// <summary>A picture to standard output, which is no terminal's.</summary>
    internal static ResultOutput Picture(bool force, params ReadOnlySpan<string> inputs)
    {
        var file = NewCapture.Create(CaptureName.Pipe, force, inputs);
        return new ResultOutput(file.Stream, file, false);
    }

    /// <summary>Results that are written to standard output in a way of their own.</summary>
    internal static ResultOutput Around(Stream standardOutput) => new(standardOutput, null, !Console.IsOutputRedirected);

    /// <summary>Results that are written to standard error.</summary>
    internal static ResultOutput OnError(Stream standardError) => new(standardError, null, StandardError.IsTerminal, StandardError.Columns, ColourChoice.OfError);

    /// <summary>Results that are written into a file as they come.</summary>
    internal static ResultOutput Into(Stream growing) => new(growing, null, false, width: 0, TextColours.None);

    /// <summary>They are complete.</summary>
    internal void Finish() => file?.Finish();

    public void Dispose()
    {
        file?.Dispose();
        Stream.Dispose();
    }
}
