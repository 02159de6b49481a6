using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary>Where captures are shipped to.</summary>
internal abstract class ShipDestination : IDisposable
{
    /// <summary>What the journal calls it.</summary>
    internal abstract string Name { get; }

    /// <summary>Ships a capture, of which nothing may be there, something, or all.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="state">What became of reading it.</param>
    /// <returns>What was done, for a line of output; null if it could not be read at all.</returns>
    internal abstract string? Ship(string path, out ExitCode state);

    public abstract void Dispose();

    /// <summary>The capture from its beginning.</summary>
    private protected static Stream FromBeginning(CaptureFile file)
    {
        file.Rewind();
        return file.Stream;
    }
}
