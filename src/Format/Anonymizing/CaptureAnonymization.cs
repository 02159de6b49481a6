using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Anonymizing;

/// <summary>
/// Writes a capture anew that does not tell whose it is: addresses, numbers and names are replaced by others, the same for the same with the
/// same key, and what this version does not know is left out. Chunks, their order, watermarks and loss counters stay, and so do ports and
/// times unless their replacement is asked for: what is figured of the events is the same, but for names.
/// </summary>
internal sealed class CaptureAnonymization : CaptureRewriter, IDisposable
{
    private readonly Stream output;
    private readonly AnonymizationOptions options;
    private readonly TimeShift times;
    private readonly NameHash names;
    private readonly AnonymousAddresses addresses;
    private readonly AnonymousNumbers numbers;
    private readonly AnonymousPath paths;
    private readonly AnonymousHeader headers;
    private readonly ChunkPacker packer = new();
    private TcpEvent[] events = [];

    /// <param name="reader">Has not been read from yet.</param>
    /// <param name="output">Stays open.</param>
    /// <param name="key">Decides what becomes what.</param>
    /// <param name="options">What else is wanted.</param>
    /// <param name="tool">The program and version that anonymizes.</param>
    public CaptureAnonymization(CaptureReader reader, Stream output, AnonymizationKey key, AnonymizationOptions options, string tool)
        : base(reader)
    {
        this.output = output;
        this.options = options;
        times = new TimeShift(options.ShiftsTimes ? key : null);
        names = new NameHash(key);
        addresses = new AnonymousAddresses(key.Bytes);
        numbers = new AnonymousNumbers(key, keepPorts: !options.Ports);
        paths = new AnonymousPath(names, numbers, options.Kept);
        headers = new AnonymousHeader(names, times, options, tool);
    }

    public void Dispose()
    {
        addresses.Dispose();
        numbers.Dispose();
    }

    /// <inheritdoc />
    protected override CaptureWriter Begin()
    {
        var header = Reader.Header ?? new CaptureHeader();
        times.Begin(header.BootId);
        return new CaptureWriter(output, headers.Of(header), BlockHeader.MaxEvents * TcpEvent.Size, fileId: null, packer);
    }

    /// <inheritdoc />
    protected override void Write(CaptureWriter writer)
    {
        ref readonly var block = ref Reader.Block;
        writer.Watermark = 0;
        if (block.Kind == BlockKind.Chunk)
        {
            writer.Append(Anonymize(Reader.Events));
            writer.Watermark = times.Limit(block.Watermark);
            writer.CloseChunk();
        }
        else
        {
            // Of a block that this version does not know its place, its watermark and its loss counters are left.
            writer.Watermark = times.Limit(block.Watermark);
            writer.WriteContext(Reader.Context is { } context ? Anonymize(context) : new CaptureContext());
        }

        writer.Watermark = null;
    }

    /// <inheritdoc />
    protected override CaptureFooter Close(CaptureFooter footer) => footer with
    {
        Reason = headers.Reason(footer.Reason),
        End = footer.End is { } end ? times.Clock(in end) : null,
        Unknown = new UnknownKeys(),
    };

    private CaptureContext Anonymize(CaptureContext context) => new()
    {
        Clocks = [.. context.Clocks.Select(clock => times.Clock(in clock))],
        Missing = context.Missing,
        Cgroups = [.. context.Cgroups.Select(name => name with
        {
            Id = numbers.Cgroup(name.Id),
            Name = options.Dropped.Contains(NameKind.Cgroup) ? "" : paths.Of(name.Name),
            NetnsId = 0,
        })],
        NetworkNamespaces = [.. context.NetworkNamespaces.Select(name => new NamedId(
            numbers.Inode(name.Id), Netns(name.Name), name.Host, numbers.Netns(name.NetnsId)))],
    };

    private string Netns(string name) => options.Kept.Contains(NameKind.Netns) ? name
        : options.Dropped.Contains(NameKind.Netns) ? ""
        : names.Name('n', "netns", name);

    private ReadOnlySpan<TcpEvent> Anonymize(ReadOnlySpan<TcpEvent> recorded)
    {
        Arrays.Grow(ref events, recorded.Length, BlockHeader.MaxEvents);
        var all = events.AsSpan(0, recorded.Length);
        recorded.CopyTo(all);
        foreach (ref var one in all)
        {
            one.Timestamp = times.Monotonic(one.Timestamp);
            one.LocalAddress = addresses.Of(in one.LocalAddress, one.IpVersion);
            one.PeerAddress = addresses.Of(in one.PeerAddress, one.IpVersion);
            one.Comm = Comm(in one.Comm);
            numbers.Replace(ref one);
        }

        numbers.ReplaceConnections(all, Reader.Header is { Hosts.Count: > 1 });
        return all;
    }

    private ThreadName Comm(in ThreadName comm) => options.Kept.Contains(NameKind.Comm) ? new ThreadName(comm.Bytes)
        : options.Dropped.Contains(NameKind.Comm) ? default
        : names.Comm(in comm);
}
