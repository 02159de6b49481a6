using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>A thread that did something to a connection.</summary>
internal struct ConnectionTask
{
    /// <summary>The cgroup2 id.</summary>
    public ulong Cgroup;

    /// <summary>The process (thread group) id.</summary>
    public uint Pid;

    /// <summary>The thread id.</summary>
    public uint Tid;

    /// <summary>The user id.</summary>
    public uint Uid;

    /// <summary>The inode number of the mount namespace; 0 for a task that was exiting.</summary>
    public uint Mntns;

    /// <summary>The thread's name.</summary>
    public ThreadName Comm;

    internal ConnectionTask(in TcpEvent e)
    {
        Cgroup = e.Cgroup;
        Pid = e.Pid;
        Tid = e.Tid;
        Uid = e.Uid;
        Mntns = e.Mntns;
        Comm = e.Comm;
    }
}
