using System.Runtime.InteropServices;

namespace TraceCap.Format.Columns;

/// <summary>What makes the events of one socket the same, in whole words for <see cref="Distinct{T}"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct SocketKey(in TcpEvent one)
{
    private readonly ulong connection = one.Connection;
    private readonly Words local = Words.Of(one.LocalAddress);
    private readonly Words peer = Words.Of(one.PeerAddress);
    private readonly ulong ends = one.Netns | ((ulong)one.LocalPort << 32) | ((ulong)one.PeerPort << 48);
}

/// <summary>What makes the events of one thread the same, in whole words for <see cref="Distinct{T}"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TaskKey(in TcpEvent one)
{
    private readonly ulong cgroup = one.Cgroup;
    private readonly Words comm = Words.Of(one.Comm);
    private readonly ulong ids = one.Pid | ((ulong)one.Tid << 32);
    private readonly ulong user = one.Uid | ((ulong)one.Mntns << 32);

    public ulong Cgroup => cgroup;

    public Words Comm => comm;

    public uint Pid => (uint)ids;

    public uint Tid => (uint)(ids >> 32);

    /// <summary>The user id and the mount namespace.</summary>
    public ulong User => user;
}

/// <summary>What the threads of one program usually have in common.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ProgramKey(ulong Cgroup, Words Comm, ulong User)
{
    public uint Uid => (uint)User;

    public uint Mntns => (uint)(User >> 32);
}
