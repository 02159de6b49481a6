using MessagePack;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>The name of something that events refer to by a number.</summary>
/// <param name="Id">The number: a cgroup2 id, or the inode number of a network namespace.</param>
/// <param name="Name">The path of the cgroup in its hierarchy, such as <c>/system.slice/nginx.service</c>, or what the
/// namespace is called; empty if it is not known (any more).</param>
/// <param name="Host">In a merged capture the place of its host in <see cref="CaptureHeader.Hosts"/>; else 0.</param>
public readonly record struct NamedId(ulong Id, string Name, ushort Host = 0)
{
    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Id);
        writer.Write(Name);
        writer.Write(Host);
    }

    internal static NamedId Read(ref MessagePackReader reader)
    {
        var length = reader.ReadArrayHeader();
        if (length < 3)
        {
            throw new CaptureFormatException($"a name has {length} values where it should have 3");
        }

        var name = new NamedId(reader.ReadUInt64(), reader.ReadString() ?? "", reader.ReadUInt16());
        MessagePackMap.SkipRest(ref reader, length, 3);
        return name;
    }
}
