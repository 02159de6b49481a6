using TraceCap.Format.Metadata;

namespace TraceCap.Format.Merging;

/// <summary>Keeps the hosts that the headers of many sections name once: each of thousands of merged captures may have hundreds of
/// them, and they are mostly the same.</summary>
internal sealed class SharedHeaders
{
    private readonly Dictionary<MergedHost, MergedHost> hosts = [];
    private IReadOnlyList<MergedHost> last = [];

    /// <summary>The same header, made of what is known already.</summary>
    internal CaptureHeader Share(CaptureHeader header)
    {
        if (header.Hosts.Count == 0)
        {
            return header;
        }

        if (!header.Hosts.SequenceEqual(last))
        {
            last = [.. header.Hosts.Select(Share)];
        }

        return header with { Hosts = last };
    }

    private MergedHost Share(MergedHost host)
    {
        if (!hosts.TryGetValue(host, out var known))
        {
            hosts.Add(host, known = host);
        }

        return known;
    }
}
