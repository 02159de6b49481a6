namespace TraceCap.Recorder.Host;

/// <summary>The PID namespace of this process. Events have the host's numbers; a user means those that he sees.</summary>
internal static class PidNamespace
{
    /// <summary>The inode number of the PID namespace that the kernel starts with (PROC_PID_INIT_INO).</summary>
    private const uint First = 4026531836;

    /// <summary>Its inode number; 0 for the host's.</summary>
    internal static uint Own() => Processes.InodeOf("/proc/self/ns/pid") is var inode && inode == First ? 0 : inode;
}
