using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TraceCap.Format.Events;

/// <summary>
/// A thread's name (the kernel's <c>comm</c>): up to 15 bytes and a NUL. They are bytes, not text: any process may put
/// anything but NUL there. A capture may have one of 16 bytes, though no kernel gives it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ThreadName : IParsable<ThreadName>, ISpanFormattable
{
    /// <summary>The size of the field in bytes, and so the most that a name may have.</summary>
    public const int Size = 16;

    private readonly ulong first;
    private readonly ulong last;

    /// <summary>Takes at most <see cref="Size"/> bytes without NUL.</summary>
    /// <exception cref="ArgumentException">Too long, or a NUL within.</exception>
    public ThreadName(ReadOnlySpan<byte> name)
    {
        if (name.Length > Size || name.Contains((byte)0))
        {
            throw new ArgumentException($"a thread name has at most {Size} bytes and no NUL", nameof(name));
        }

        Span<byte> all = stackalloc byte[Size];
        all.Clear();
        name.CopyTo(all);
        this = MemoryMarshal.Read<ThreadName>(all);
    }

    /// <summary>Takes a name of at most <see cref="Size"/> bytes in UTF-8.</summary>
    public ThreadName(string name)
        : this(Encoding.UTF8.GetBytes(name))
    {
    }

    /// <summary>The name, up to its NUL.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            var all = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AsRef(in this), 1));
            var end = all.IndexOf((byte)0);
            return end < 0 ? all : all[..end];
        }
    }

    /// <summary>The name as text; what is not UTF-8 becomes U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);

    /// <inheritdoc cref="ToString()" />
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc />
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{ToString()}", out charsWritten);

    /// <summary>Takes a name that a kernel can give: of at most 15 bytes in UTF-8, none of them NUL.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ThreadName Parse(string s, IFormatProvider? provider = null) => TryParse(s, provider, out var name)
        ? name
        : throw new FormatException($"'{s}' has {Encoding.UTF8.GetByteCount(s)} bytes; a thread's name has at most {Size - 1}, and no NUL");

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ThreadName result)
    {
        var isName = s is not null && Encoding.UTF8.GetByteCount(s) < Size && !s.Contains('\0', StringComparison.Ordinal);
        result = isName ? new ThreadName(s!) : default;
        return isName;
    }
}
