using ZstdSharp;

namespace TraceCap.Exports.Parquet;

/// <summary>Makes the pages of files, one after another, and packs them. What it has allocated it uses again.</summary>
internal sealed class PageMaker : IDisposable
{
    private readonly Compressor packer = new(level: 1);
    private byte[] packed = [];

    /// <summary>Makes them.</summary>
    internal ColumnPages Pages { get; } = new();

    /// <summary>Packs a page; what it gives holds until the next one.</summary>
    internal ReadOnlySpan<byte> Pack(ReadOnlySpan<byte> page)
    {
        if (packed.Length < Compressor.GetCompressBound(page.Length))
        {
            packed = new byte[Compressor.GetCompressBound(page.Length)];
        }

        return packed.AsSpan(0, packer.Wrap(page, packed));
    }

    public void Dispose() => packer.Dispose();
}
