using System.Runtime.InteropServices;

namespace TraceCap.Cli.Terminal;

/// <summary>
/// Knows the first SIGINT from later ones. Ctrl-C goes to both ends of <c>tracecap record -o - | tracecap replay -</c>:
/// the recorder ends properly, and its reader must read what is left. A second one ends the reader too.
/// </summary>
internal sealed class FirstInterrupt
{
    private int interrupts;

    /// <summary>Whether a signal that came is to be ignored.</summary>
    internal bool Spares(PosixSignalContext context) =>
        context.Signal == PosixSignal.SIGINT && Interlocked.Increment(ref interrupts) == 1;
}
