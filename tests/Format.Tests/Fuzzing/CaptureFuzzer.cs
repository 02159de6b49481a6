using TraceCap.Format.Blocks;

namespace TraceCap.Format.Tests.Fuzzing;

/// <summary>
/// Makes damaged and hostile captures out of sound ones, and checks what the readers do with them. A seed decides
/// everything, so that a failure can be had again.
/// </summary>
internal sealed class CaptureFuzzer
{
    private readonly List<byte[]> files = [];
    private readonly KnownBlocks known = new();

    /// <summary>Begins with the captures of these folders, but for those that a reader refuses.</summary>
    internal CaptureFuzzer(params string[] folders)
    {
        foreach (var path in folders.SelectMany(folder => Directory.GetFiles(folder, "*.tcap")).Order(StringComparer.Ordinal))
        {
            var file = File.ReadAllBytes(path);
            if (CaptureChecks.TryRead(file))
            {
                files.Add(file);
                known.Add(file);
            }
        }
    }

    /// <summary>The file that was made last.</summary>
    internal byte[] Current { get; private set; } = [];

    /// <summary>Makes one file and checks it.</summary>
    /// <exception cref="FuzzException">A reader did what it should not.</exception>
    internal void Run(int seed)
    {
        var random = new Random(seed);
        var file = Any(random);
        var other = Any(random);
        try
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    Current = ByteMutation.Mutate(random, file, other, Offsets(file));
                    CaptureChecks.FindsExactly(Current, known.Expect(Current), threads: random.Next(1, 4));
                    break;
                case 2:
                    ChangeContent(random, file, other);
                    break;
                default:
                    ChangeHeader(random, file);
                    break;
            }

            CaptureChecks.StaysWithinMemory(Current);
            CaptureChecks.GivesEveryEventOnce(Current);
            CaptureChecks.IsFoundFromItsEndOrNot(Current);
            CaptureChecks.IsRecovered(Current);
            CaptureChecks.IsAnonymized(Current);
        }
        catch (Exception error) when (error is not FuzzException)
        {
            throw new FuzzException($"{error.GetType().Name}: {error.Message}", error);
        }
    }

    private static List<int> Offsets(byte[] file)
    {
        var blocks = new BlockReader(new MemoryStream(file));
        var offsets = new List<int>();
        while (blocks.Read())
        {
            offsets.Add((int)blocks.Offset);
        }

        return offsets;
    }

    private void ChangeContent(Random random, byte[] file, byte[] other)
    {
        var blocks = CaptureBlock.Split(file);
        if (blocks.Count == 0)
        {
            return;
        }

        var changed = random.Next(blocks.Count);
        byte[] before = CaptureBlock.Join(blocks[..changed]);
        byte[] after = CaptureBlock.Join(blocks[(changed + 1)..]);
        var old = blocks[changed].ToArray();
        if (known.Expect(old).Blocks.Count > 0)
        {
            // Else it is malformed already, and cannot be unpacked.
            BlockMutation.ChangeContent(random, blocks[changed], other);
        }

        var changedBytes = blocks[changed].ToArray();
        Current = [.. before, .. changedBytes, .. after];

        // What was in place while the block was as before, and is so if the block is damage now.
        var longer = changedBytes.Length - old.Length;
        var inPlace = known.Expect([.. before, .. old, .. after]).Blocks
            .Select(found => found.Offset > before.Length ? found.Offset + longer : found.Offset)
            .ToHashSet();
        inPlace.Remove(before.Length);
        CaptureChecks.FindsAtLeast(Current, [.. known.Expect(Current).Blocks.Where(found => inPlace.Contains(found.Offset))]);
    }

    private void ChangeHeader(Random random, byte[] file)
    {
        Current = (byte[])file.Clone();
        var offsets = Offsets(file);
        for (var times = random.Next(1, 3); times > 0 && offsets.Count > 0; times--)
        {
            BlockMutation.ChangeHeader(random, Current, offsets[random.Next(offsets.Count)]);
        }
    }

    private byte[] Any(Random random) => files[random.Next(files.Count)];
}

/// <summary>A reader did what it should not.</summary>
public sealed class FuzzException : Exception
{
    /// <inheritdoc cref="FuzzException" />
    public FuzzException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
