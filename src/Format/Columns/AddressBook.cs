namespace TraceCap.Format.Columns;

/// <summary>
/// Numbers the addresses of a chunk: first those of which only the first four bytes are used, as in IPv4, then the
/// others. Where the others begin is known only at the end, so an address has a handle until then.
/// </summary>
internal sealed class AddressBook
{
    private readonly Distinct<ulong> shorts = new();
    private readonly Distinct<Words> longs = new();

    public ReadOnlySpan<ulong> Short => shorts.Values;

    public ReadOnlySpan<Words> Long => longs.Values;

    public void Clear()
    {
        shorts.Clear();
        longs.Clear();
    }

    /// <summary>The handle of the address: its index among the short ones, or the complement of that among the others.</summary>
    public int Add(Words address) =>
        address is { Last: 0, First: <= uint.MaxValue } ? shorts.Add(address.First) : ~longs.Add(address);

    /// <summary>The index that a handle stands for once all addresses are added.</summary>
    public int FinalIndex(int handle) => handle >= 0 ? handle : shorts.Count + ~handle;
}
