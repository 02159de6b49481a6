namespace TraceCap.Format.Metadata;

/// <summary>The name of something that events refer to by a number.</summary>
/// <param name="Id">The number: a cgroup2 id, or the inode number of a network namespace.</param>
/// <param name="Name">The path of the cgroup in its hierarchy, such as <c>/system.slice/nginx.service</c>, or what the
/// namespace is called; empty if it is not known (any more).</param>
/// <param name="Host">In a merged capture the place of its host in <see cref="CaptureHeader.Hosts"/>; else 0.</param>
public readonly record struct NamedId(ulong Id, string Name, ushort Host = 0)
{
    internal static MetadataType<NamedId> Stored { get; } = MetadataType.Array<NamedId>(
        "name",
        "a name",
        length: 3,
        (ref reader) => new(reader.ReadUInt64(), MetadataType.Text.Read(ref reader), reader.ReadUInt16()),
        (ref writer, value) =>
        {
            writer.Write(value.Id);
            writer.Write(value.Name);
            writer.Write(value.Host);
        });
}
