using TraceCap.Format.Blocks;

namespace TraceCap.Format.Tests.Fuzzing;

/// <summary>What accidents do to bytes: overwrite, cut out, put in, cut off, mix up.</summary>
internal static class ByteMutation
{
    /// <summary>Changes bytes a few times.</summary>
    /// <param name="random">Decides everything.</param>
    /// <param name="bytes">Stays as it is.</param>
    /// <param name="other">Where foreign bytes come from.</param>
    /// <param name="landmarks">Offsets near which more depends on each byte.</param>
    internal static byte[] Mutate(Random random, byte[] bytes, byte[] other, IReadOnlyList<int> landmarks)
    {
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            bytes = Once(random, bytes, other, landmarks);
        }

        return bytes;
    }

    private static byte[] Once(Random random, byte[] bytes, byte[] other, IReadOnlyList<int> landmarks)
    {
        var at = Place(random, bytes.Length, landmarks);
        var end = Math.Min(bytes.Length, at + Length(random));
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                return Overwrite(random, bytes, at);
            case 3:
                return [.. bytes[..at], .. bytes[end..]];
            case 4:
                return [.. bytes[..at], .. Foreign(random, other), .. bytes[at..]];
            case 5:
                return bytes[..at];
            case 6:
                return [.. bytes[..end], .. bytes[at..]];
            default:
                return [.. bytes[..at], .. other[Place(random, other.Length, landmarks)..]];
        }
    }

    /// <summary>Changes up to eight bytes and no length.</summary>
    internal static byte[] Overwrite(Random random, byte[] bytes, int at)
    {
        var changed = (byte[])bytes.Clone();
        var end = Math.Min(bytes.Length, at + random.Next(1, 9));
        var fill = random.Next(5);
        for (; at < end; at++)
        {
            changed[at] = fill switch
            {
                0 => 0,
                1 => 0xFF,
                2 => (byte)(changed[at] ^ (1 << random.Next(8))),
                3 => (byte)(changed[at] + random.Next(-2, 3)),
                _ => (byte)random.Next(256),
            };
        }

        return changed;
    }

    private static byte[] Foreign(Random random, byte[] other)
    {
        switch (random.Next(4))
        {
            case 0:
                var noise = new byte[Length(random)];
                random.NextBytes(noise);
                return noise;
            case 1:
                return new byte[Length(random)];
            case 2:
                return BlockHeader.Magic.ToArray();
            default:
                var start = random.Next(other.Length + 1);
                return other[start..Math.Min(other.Length, start + Length(random))];
        }
    }

    /// <summary>Mostly a few bytes, sometimes more than a block.</summary>
    private static int Length(Random random) => random.Next(1, 1 << random.Next(1, 13));

    private static int Place(Random random, int length, IReadOnlyList<int> landmarks)
    {
        var place = landmarks.Count > 0 && random.Next(2) == 0
            ? landmarks[random.Next(landmarks.Count)] + random.Next(-16, 160)
            : random.Next(length + 1);
        return Math.Clamp(place, 0, length);
    }
}
