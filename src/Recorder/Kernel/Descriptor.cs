using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Kernel;

/// <summary>An open file descriptor, closed once. Whoever uses it afterwards gets an <see cref="ObjectDisposedException"/>,
/// never what has the same number by then.</summary>
internal sealed partial class Descriptor : SafeHandle
{
    /// <param name="number">What a system call gave; below zero if it failed.</param>
    internal Descriptor(int number)
        : base(-1, ownsHandle: true) => SetHandle(number);

    /// <inheritdoc />
    public override bool IsInvalid => (int)handle < 0;

    /// <summary>Where this process finds what it refers to.</summary>
    internal string Path
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return FormattableString.Invariant($"/proc/self/fd/{(int)handle}");
        }
    }

    /// <summary>Its number, for a call that takes several in one; it must stay open meanwhile.</summary>
    internal int Number
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (int)handle;
        }
    }

    /// <summary>What went wrong, as a negative error number, if the call that made it gives one.</summary>
    internal int Error => (int)handle;

    /// <inheritdoc />
    protected override bool ReleaseHandle() => Close((int)handle) == 0;

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
