using System.Runtime.InteropServices;

namespace TraceCap.Cli.Terminal;

/// <summary><c>struct winsize</c>, which is the same on all systems that have it.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct WindowSize
{
    internal ushort Rows;
    internal ushort Columns;
}
