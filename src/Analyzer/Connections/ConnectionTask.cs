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

    /// <inheritdoc cref="TcpEvent.ContainerPid" />
    public uint ContainerPid;

    /// <inheritdoc cref="TcpEvent.Pidns" />
    public uint Pidns;

    /// <summary>The thread's name.</summary>
    public ThreadName Comm;

    internal ConnectionTask(in TcpEvent e)
    {
        Cgroup = e.Cgroup;
        Pid = e.Pid;
        Tid = e.Tid;
        Uid = e.Uid;
        Mntns = e.Mntns;
        ContainerPid = e.ContainerPid;
        Pidns = e.Pidns;
        Comm = e.Comm;
    }

    /// <summary>Makes an event that this thread brought about of one that does not tell whose it is.</summary>
    internal readonly void WriteTo(ref TcpEvent e)
    {
        e.Cgroup = Cgroup;
        e.Pid = Pid;
        e.Tid = Tid;
        e.Uid = Uid;
        e.Mntns = Mntns;
        e.ContainerPid = ContainerPid;
        e.Pidns = Pidns;
        e.Comm = Comm;
    }
}
