using System.Runtime.InteropServices;

namespace TraceCap.Format.Columns;

/// <summary>A thread under one name: 40 bytes without padding.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct ChunkTask
{
    /// <summary>Takes the task's part of an event.</summary>
    public ChunkTask(in TcpEvent one)
    {
        Cgroup = one.Cgroup;
        Comm = one.Comm;
        Pid = one.Pid;
        Tid = one.Tid;
        Uid = one.Uid;
        Mntns = one.Mntns;
    }

    /// <inheritdoc cref="TcpEvent.Cgroup" />
    public ulong Cgroup { get; init; }

    /// <inheritdoc cref="TcpEvent.Comm" />
    public ThreadName Comm { get; init; }

    /// <inheritdoc cref="TcpEvent.Pid" />
    public uint Pid { get; init; }

    /// <inheritdoc cref="TcpEvent.Tid" />
    public uint Tid { get; init; }

    /// <inheritdoc cref="TcpEvent.Uid" />
    public uint Uid { get; init; }

    /// <inheritdoc cref="TcpEvent.Mntns" />
    public uint Mntns { get; init; }
}

/// <summary>What the threads of one program usually have in common: 32 bytes without padding.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ChunkProgram(ulong Cgroup, ThreadName Comm, uint Uid, uint Mntns);
