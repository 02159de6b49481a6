using System.Collections.Concurrent;

namespace TraceCap.Format;

/// <summary>The last of many names, by number. What was added long ago is forgotten, half of it at a time. One thread adds,
/// others may look up meanwhile.</summary>
/// <typeparam name="T">What a name is kept as.</typeparam>
public sealed class NameTable<T>
    where T : class
{
    /// <summary>As many names are kept at least, and twice as many at most.</summary>
    public const int Kept = 1 << 16;

    private const int KeptCharacters = 1 << 22;

    private volatile ConcurrentDictionary<(ushort Host, ulong Id), T> newer = NewTable();
    private volatile ConcurrentDictionary<(ushort Host, ulong Id), T> older = NewTable();
    private int count;
    private long characters;

    /// <summary>All that are kept, in no order.</summary>
    public IEnumerable<(ushort Host, ulong Id, T Name)> All => newer.Concat(older.Where(entry => !newer.ContainsKey(entry.Key)))
        .Select(entry => (entry.Key.Host, entry.Key.Id, entry.Value));

    /// <summary>The name that was added last for a number of a host; null if there is none.</summary>
    public T? Find(ushort host, ulong id) =>
        newer.TryGetValue((host, id), out var name) || older.TryGetValue((host, id), out name) ? name : null;

    /// <summary>Adds a name, or replaces one.</summary>
    public void Add(in NamedId id, T name)
    {
        if (count == Kept || characters + id.Name.Length > KeptCharacters)
        {
            older = newer;
            newer = NewTable();
            (count, characters) = (0, 0);
        }

        newer[(id.Host, id.Id)] = name;
        count++;
        characters += id.Name.Length;
    }

    /// <summary>What another table has counts as older than all that this one has.</summary>
    internal void Continue(NameTable<T> before)
    {
        var all = NewTable();
        var length = 0L;
        foreach (var (host, id, name) in before.All)
        {
            all[(host, id)] = name;
            length += name.ToString()!.Length;
        }

        older = !older.IsEmpty ? older : all.Count <= Kept && length <= KeptCharacters ? all : before.newer;
    }

    private static ConcurrentDictionary<(ushort Host, ulong Id), T> NewTable() => new(concurrencyLevel: 1, capacity: 31);
}
