using System.Runtime.CompilerServices;
using System.Text;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Figures;

/// <summary>What the connections of a group have in common; the rest is its default. <see cref="Grouping"/> makes it, and its
/// text.</summary>
/// <param name="Comm">The owner's name.</param>
/// <param name="Local">The local address, IPv4-mapped ones as IPv4.</param>
/// <param name="Address">The peer's address, or the service's, IPv4-mapped ones as IPv4.</param>
/// <param name="Port">The service's port.</param>
/// <param name="Error">The errno.</param>
/// <param name="IpVersion">Of the addresses.</param>
/// <param name="Name">The name of the owner's container, unit or cgroup, null if there is none, or the cgroup is not known; or a
/// <see cref="FieldTuple"/>.</param>
/// <param name="IsKnown">Whether its cgroup is.</param>
internal readonly record struct GroupKey(
    ThreadName Comm, Address Local, Address Address, ushort Port, ushort Error, byte IpVersion, object? Name, bool IsKnown)
{
    /// <summary>Whether there is a container, unit or cgroup.</summary>
    internal bool IsNamed => Name is not null;

    /// <summary>A hash of all fields, see <see cref="HashFactors"/>.</summary>
    public override int GetHashCode()
    {
        var comm = Unsafe.BitCast<ThreadName, Words>(Comm);
        var local = Unsafe.BitCast<Address, Words>(Local);
        var address = Unsafe.BitCast<Address, Words>(Address);
        var rest = Port | ((ulong)Error << 16) | ((ulong)IpVersion << 32);
        var name = Name is null ? 0 : (uint)Name.GetHashCode();
        ref readonly var by = ref HashFactors.Shared;
        return (int)(uint)(((comm.Low * by[0]) + (comm.High * by[1]) + (local.Low * by[2]) + (local.High * by[3])
            + (address.Low * by[4]) + (address.High * by[5]) + (rest * by[6]) + (name * by[7])) >> 32);
    }

    /// <summary>The owner's name, control characters escaped.</summary>
    public string ProcessText
    {
        get
        {
            Span<byte> text = stackalloc byte[128];
            var comm = Comm;
            return Encoding.UTF8.GetString(text[..CommText.WriteWhole(text, in comm, raw: false)]);
        }
    }

    /// <summary>The address, and the port if there is one; IPv6 in brackets then.</summary>
    public string EndText => Port == 0 ? TextOf(Address) : IpVersion == 4 ? $"{TextOf(Address)}:{Port}" : $"[{TextOf(Address)}]:{Port}";

    /// <summary>The local address.</summary>
    public string LocalText => TextOf(Local);

    private string TextOf(Address address)
    {
        Span<byte> text = stackalloc byte[InetText.MaxLength + Utf8Text.Slack];
        return Encoding.ASCII.GetString(text[..InetText.Write(text, in address, IpVersion)]);
    }

    private readonly record struct Words(ulong Low, ulong High);
}

/// <summary>The values of several fields together.</summary>
/// <param name="values">The values, in the order of the fields.</param>
internal sealed class FieldTuple(FieldValue[] values) : IEquatable<FieldTuple>
{
    private readonly FieldValue[] values = values;

    /// <summary>The values, in the order of the fields.</summary>
    internal IReadOnlyList<FieldValue> Values => values;

    /// <inheritdoc />
    public bool Equals(FieldTuple? other) => other is not null && values.AsSpan().SequenceEqual(other.values);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as FieldTuple);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var value in values)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }
}
