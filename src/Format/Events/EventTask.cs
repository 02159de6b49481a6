using System.Runtime.InteropServices;

namespace TraceCap.Format.Events;

/// <summary>Who brought an event about, a thread under one name: 48 bytes without padding.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EventTask
{
    /// <inheritdoc cref="TcpEvent.Cgroup" />
    public ulong Cgroup;

    /// <inheritdoc cref="TcpEvent.Comm" />
    public ThreadName Comm;

    /// <inheritdoc cref="TcpEvent.Pid" />
    public uint Pid;

    /// <inheritdoc cref="TcpEvent.Tid" />
    public uint Tid;

    /// <inheritdoc cref="TcpEvent.Uid" />
    public uint Uid;

    /// <inheritdoc cref="TcpEvent.Mntns" />
    public uint Mntns;

    /// <inheritdoc cref="TcpEvent.ContainerPid" />
    public uint ContainerPid;

    /// <inheritdoc cref="TcpEvent.Pidns" />
    public uint Pidns;

    /// <summary>That of an event.</summary>
    internal EventTask(in TcpEvent e) => ReadFrom(in e);

    /// <summary>Becomes that of an event.</summary>
    internal void ReadFrom(in TcpEvent e)
    {
        Cgroup = e.Cgroup;
        Comm = e.Comm;
        Pid = e.Pid;
        Tid = e.Tid;
        Uid = e.Uid;
        Mntns = e.Mntns;
        ContainerPid = e.ContainerPid;
        Pidns = e.Pidns;
    }

    /// <summary>Makes an event this thread's.</summary>
    internal readonly void WriteTo(ref TcpEvent e)
    {
        e.Cgroup = Cgroup;
        e.Comm = Comm;
        e.Pid = Pid;
        e.Tid = Tid;
        e.Uid = Uid;
        e.Mntns = Mntns;
        e.ContainerPid = ContainerPid;
        e.Pidns = Pidns;
    }
}
