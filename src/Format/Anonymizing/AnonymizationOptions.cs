namespace TraceCap.Format.Anonymizing;

/// <summary>What is anonymized, beyond addresses and numbers, which always are.</summary>
internal sealed record AnonymizationOptions
{
    /// <summary>Names that stay as they are.</summary>
    public IReadOnlySet<NameKind> Kept { get; init; } = new HashSet<NameKind>();

    /// <summary>Names that are left out.</summary>
    public IReadOnlySet<NameKind> Dropped { get; init; } = new HashSet<NameKind>();

    /// <summary>Whether ports are replaced as well.</summary>
    public bool Ports { get; init; }

    /// <summary>Whether times are moved.</summary>
    public bool ShiftsTimes { get; init; }

    /// <summary>What a capture says of how it was anonymized: never the key.</summary>
    public string Describe()
    {
        var names = "names hashed";
        names += Kept.Count > 0 ? $" but for {Words(Kept)}" : "";
        names += Dropped.Count > 0 ? $", without {Words(Dropped)}" : "";
        return $"addresses by Crypto-PAn, special ranges kept; ids permuted; ports {(Ports ? "permuted" : "kept")}; {names}; times {(ShiftsTimes ? "shifted" : "kept")}";
    }

    private static string Words(IReadOnlySet<NameKind> kinds) =>
        string.Join(", ", NameKinds.All.Where(kind => kinds.Contains(kind.Kind)).Select(kind => kind.Word));
}
