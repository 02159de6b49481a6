using MessagePack;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>The name of something that events refer to by a number.</summary>
/// <param name="Id">The number: a cgroup2 id, or the inode number of a network namespace.</param>
/// <param name="Name">The path of the cgroup in its hierarchy, such as <c>/system.slice/nginx.service</c>, or what the
/// namespace is called; empty if it is not known (any more).</param>
/// <param name="Host">In a merged capture the place of its host in <see cref="CaptureHeader.Hosts"/>; else 0.</param>
/// <param name="NetnsId">Of a network namespace the <see cref="TcpEvent.NetnsId"/>, for its inode number may be another one's by
/// and by; 0 if that is not known: then all with the number are called so.</param>
public readonly record struct NamedId(ulong Id, string Name, ushort Host = 0, ulong NetnsId = 0)
{
    /// <summary>What is named.</summary>
    internal NameKey Key => new(Host, Id, NetnsId);

    internal static MetadataType<NamedId> Stored { get; } = MetadataType.Array<NamedId>(
        "array of [cgroup id (uint64), path (text), host (uint16)]", "a name", length: 3, ReadPlain, WritePlain);

    /// <summary>The same with the id of a network namespace, if that is known.</summary>
    internal static MetadataType<NamedId> StoredNetns { get; } = MetadataType.Array<NamedId>(
        "array of [inode number (uint64), name (text), host (uint16), netns id (uint64)]",
        "a name",
        length: 3,
        ReadPlain,
        WritePlain,
        more: new(
            value => value.NetnsId != 0,
            (ref reader, value) => value with { NetnsId = reader.ReadUInt64() },
            (ref writer, value) => writer.Write(value.NetnsId)));

    private static NamedId ReadPlain(ref MessagePackReader reader) =>
        new(reader.ReadUInt64(), MetadataType.Text.Read(ref reader), reader.ReadUInt16());

    private static void WritePlain(ref MessagePackWriter writer, NamedId value)
    {
        writer.Write(value.Id);
        writer.Write(value.Name);
        writer.Write(value.Host);
    }
}

/// <summary>What a name is for.</summary>
/// <param name="Host">In a merged capture the place of its host; else 0.</param>
/// <param name="Id">A cgroup2 id, or the inode number of a network namespace.</param>
/// <param name="NetnsId">Of a network namespace, if it is known: what no other one gets.</param>
internal readonly record struct NameKey(ushort Host, ulong Id, ulong NetnsId = 0);
