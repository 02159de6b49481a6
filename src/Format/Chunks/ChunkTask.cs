using System.Runtime.InteropServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>A thread under one name: 48 bytes without padding.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChunkTask
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
}
