namespace TraceCap.Format.Metadata;

/// <summary>
/// Names by number, one after another as they were said. One thread adds; others may look up meanwhile what was there when
/// they were given a bound, for nothing below a bound that was given out is ever changed.
/// </summary>
/// <typeparam name="T">What a name is kept as.</typeparam>
internal sealed class NameLog<T>
    where T : class
{
    private const int FirstCapacity = 16;

    private volatile Store store;
    private int shared;

    internal NameLog(int capacity = FirstCapacity) => store = new Store(capacity);

    /// <summary>What a table begins with; is not added to.</summary>
    internal static NameLog<T> Empty { get; } = new(1);

    /// <summary>How many there are: the bound of all of them.</summary>
    internal int Count { get; private set; }

    /// <summary>The bound of what is there now; from now on that stays as it is.</summary>
    internal int Share() => shared = Count;

    /// <summary>The name that was said last of those below a bound; null if there is none.</summary>
    internal T? Find(in NameKey key, int bound)
    {
        var there = store;
        var at = there.IndexOf(key, bound);
        return at < 0 ? null : there.Entries[at].Name;
    }

    /// <summary>Adds a name. It takes the place of one for the same number that was not given out.</summary>
    internal void Add(in NameKey key, T name)
    {
        var there = store;
        var last = there.IndexOf(key, Count);
        if (last >= shared)
        {
            there.Entries[last].Name = name;
            return;
        }

        if (Count == there.Entries.Length)
        {
            there = there.Grown(Count);
            store = there;
        }

        there.Add(Count, key, name);
        Count++;
    }

    /// <summary>The last name for each number, of those below a bound, in no order.</summary>
    internal IEnumerable<(NameKey Key, T Name)> All(int bound)
    {
        var there = store;
        for (var i = 0; i < bound; i++)
        {
            var entry = there.Entries[i];
            if (there.IndexOf(entry.Key, bound) == i)
            {
                yield return (entry.Key, entry.Name);
            }
        }
    }

    /// <summary>The names between two bounds, as they were said.</summary>
    internal IEnumerable<(NameKey Key, T Name)> Between(int from, int bound)
    {
        var there = store;
        for (var i = from; i < bound; i++)
        {
            yield return (there.Entries[i].Key, there.Entries[i].Name);
        }
    }

    private struct Entry
    {
        internal NameKey Key;
        internal T Name;
        internal int Next;
    }

    /// <summary>A hash table with chains, the latest entry of each first. Places are counted from 1, so that 0 is the end.</summary>
    private sealed class Store(int capacity)
    {
        private readonly int[] heads = new int[capacity];

        internal Entry[] Entries { get; } = new Entry[capacity];

        internal int IndexOf(in NameKey key, int bound)
        {
            for (var at = Volatile.Read(ref Head(key)); at > 0; at = Entries[at - 1].Next)
            {
                ref readonly var entry = ref Entries[at - 1];
                if (at <= bound && entry.Key == key)
                {
                    return at - 1;
                }
            }

            return -1;
        }

        internal void Add(int index, in NameKey key, T name)
        {
            ref var head = ref Head(key);
            Entries[index] = new Entry { Key = key, Name = name, Next = head };
            Volatile.Write(ref head, index + 1);
        }

        internal Store Grown(int count)
        {
            var grown = new Store(2 * Entries.Length);
            for (var i = 0; i < count; i++)
            {
                grown.Add(i, Entries[i].Key, Entries[i].Name);
            }

            return grown;
        }

        private ref int Head(in NameKey key) => ref heads[key.GetHashCode() & (heads.Length - 1)];
    }
}
