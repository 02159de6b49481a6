namespace TraceCap.Format.Metadata;

/// <summary>The last of many names, by number. What was added long ago is forgotten, half of it at a time. One thread adds
/// and looks up; what others may look up in is a <see cref="NameView{T}"/>.</summary>
/// <typeparam name="T">What a name is kept as.</typeparam>
internal sealed class NameTable<T>
    where T : class
{
    /// <summary>As many names are kept at least, and twice as many at most.</summary>
    public const int Kept = 1 << 16;

    internal const int KeptCharacters = 1 << 22;

    private NameLog<T> newer = new();
    private NameLog<T> older = NameLog<T>.Empty;
    private long characters;
    private int forgotten;

    /// <summary>The name that was added last for a number of a host; null if there is none.</summary>
    public T? Find(in NameKey key) => newer.Find(key, newer.Count) ?? older.Find(key, older.Count);

    /// <summary>Adds a name, or replaces one.</summary>
    public void Add(in NamedId id, T name)
    {
        var known = newer.Find(id.Key, newer.Count);
        if (ReferenceEquals(known, name))
        {
            return;
        }

        if (newer.Count == Kept || characters + id.Name.Length > KeptCharacters)
        {
            older = newer;
            newer = new NameLog<T>();
            characters = 0;
            forgotten++;
        }

        newer.Add(id.Key, name);
        characters += id.Name.Length;
    }

    /// <summary>What is known now, for ever as it is now. Takes no time.</summary>
    internal NameView<T> View() => new(newer, newer.Share(), older, older.Count, forgotten);
}

/// <summary>What a <see cref="NameTable{T}"/> knew at one time. Never changes, so any thread may look up in it.</summary>
/// <typeparam name="T">What a name is kept as.</typeparam>
internal readonly struct NameView<T>
    where T : class
{
    private readonly NameLog<T> newer;
    private readonly NameLog<T> older;
    private readonly int newerCount;
    private readonly int olderCount;

    internal NameView(NameLog<T> newer, int newerCount, NameLog<T> older, int olderCount, int forgotten)
    {
        (this.newer, this.newerCount) = (newer, newerCount);
        (this.older, this.olderCount) = (older, olderCount);
        Forgotten = forgotten;
    }

    /// <summary>How often the table had forgotten names.</summary>
    internal int Forgotten { get; }

    /// <summary>The last name for each number, in no order.</summary>
    internal IEnumerable<(NameKey Key, T Name)> All
    {
        get
        {
            var (first, count) = (newer, newerCount);
            return first.All(count).Concat(older.All(olderCount).Where(entry => first.Find(entry.Key, count) is null));
        }
    }

    /// <summary>Whether a number has another name than in an earlier view that had one for it.</summary>
    internal bool Renames(in NameView<T> earlier)
    {
        foreach (var (key, name) in newer.Between(IsOfSameLog(earlier) ? earlier.newerCount : 0, newerCount))
        {
            if (earlier.Find(key) is { } known && known.ToString() != name.ToString())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether both keep their names in the same memory.</summary>
    internal bool IsOfSameLog(in NameView<T> other) => newer == other.newer;

    internal T? Find(in NameKey key) => newer.Find(key, newerCount) ?? older.Find(key, olderCount);

    /// <summary>The same, and what one that is joined has for numbers that this one has no name for.</summary>
    internal NameView<T> Continuing(in NameView<T> joined) =>
        olderCount > 0 ? this : new NameView<T>(newer, newerCount, joined.newer, joined.newerCount, Forgotten);

    /// <summary>The same in one list. Of long ones only the latest names are taken.</summary>
    internal NameView<T> Joined()
    {
        var all = new NameLog<T>();
        var length = 0L;
        foreach (var (key, name) in All)
        {
            all.Add(key, name);
            length += name.ToString()!.Length;
        }

        return all.Count <= NameTable<T>.Kept && length <= NameTable<T>.KeptCharacters
            ? new NameView<T>(all, all.Count, NameLog<T>.Empty, 0, Forgotten)
            : new NameView<T>(newer, newerCount, NameLog<T>.Empty, 0, Forgotten);
    }
}
