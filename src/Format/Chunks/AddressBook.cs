namespace TraceCap.Format.Chunks;

/// <summary>
/// Numbers the addresses of a chunk: first those of which only the first four bytes are used, as in IPv4, then the
/// others. Which number an address gets is known only when all are there; until then it has a handle.
/// </summary>
internal sealed class AddressBook
{
    private readonly Distinct<AddressKey> addresses = new();
    private ulong[] numbers = [];

    /// <summary>How many are short, once numbered.</summary>
    public int ShortCount { get; private set; }

    public int Count => addresses.Count;

    public void Clear() => addresses.Clear();

    /// <summary>Gives the address's handle.</summary>
    public uint Add(Words address) => (uint)addresses.Add(new AddressKey(address));

    /// <summary>Numbers all addresses and lists them by number.</summary>
    public void Number(Span<ulong> shorts, Span<ulong> firsts, Span<ulong> lasts)
    {
        if (numbers.Length < addresses.Count)
        {
            numbers = new ulong[addresses.Count];
        }

        ShortCount = 0;
        foreach (ref readonly var address in addresses.Values)
        {
            ShortCount += IsShort(address.Words) ? 1 : 0;
        }

        var (shortNumber, longNumber) = (0, 0);
        for (var i = 0; i < addresses.Count; i++)
        {
            var address = addresses.Values[i].Words;
            if (IsShort(address))
            {
                numbers[i] = (uint)shortNumber;
                shorts[shortNumber++] = address.First;
            }
            else
            {
                numbers[i] = (uint)(ShortCount + longNumber);
                (firsts[longNumber], lasts[longNumber]) = (address.First, address.Last);
                longNumber++;
            }
        }
    }

    /// <summary>Replaces handles by numbers.</summary>
    public void Resolve(Span<ulong> handles)
    {
        foreach (ref var each in handles)
        {
            each = numbers[(int)each];
        }
    }

    private static bool IsShort(Words address) => address is { Last: 0, First: <= uint.MaxValue };
}
