namespace TraceCap.Recorder.Host;

/// <summary>The PID namespace of this process. Events have the host's numbers; a user means those that he sees.</summary>
internal static class PidNamespace
{
    /// <summary>Its inode number; 0 for the host's.</summary>
    internal static uint Own() => NamespaceLinks.InodeOf("/proc/self/ns/pid") is var inode && NamespaceLinks.IsHostsPid(inode) ? 0 : inode;
}
