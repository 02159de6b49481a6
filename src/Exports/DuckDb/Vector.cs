namespace TraceCap.Exports.DuckDb;

/// <summary>A vector of DuckDB.</summary>
/// <param name="handle">Its handle.</param>
internal readonly unsafe struct Vector(nint handle)
{
    private readonly byte* data = DuckDbApi.VectorData(handle);
    private readonly ulong* validity = DuckDbApi.VectorValidity(handle);

    /// <summary>Its handle.</summary>
    internal nint Handle => handle;

    /// <summary>Whether a row has a value.</summary>
    internal bool IsValid(ulong row) => validity is null || (validity[row / 64] >> (int)(row % 64) & 1) != 0;

    /// <summary>The value of a row.</summary>
    internal T At<T>(ulong row)
        where T : unmanaged => ((T*)data)[row];

    /// <summary>The text of a row.</summary>
    internal ReadOnlySpan<byte> TextAt(ulong row) => DuckString.Text((DuckString*)data + row);
}
