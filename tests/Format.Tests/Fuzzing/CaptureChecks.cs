using TraceCap.Format.Anonymizing;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;

namespace TraceCap.Format.Tests.Fuzzing;

/// <summary>What must hold of every file, whatever is in it.</summary>
internal static class CaptureChecks
{
    private static readonly AnonymizationKey anyKey = AnonymizationKey.Random();

    /// <summary>Reads to the end.</summary>
    /// <returns>False if the file is refused.</returns>
    internal static bool TryRead(byte[] file)
    {
        try
        {
            var reader = Open(file);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (CaptureFormatException)
        {
            return false;
        }
    }

    /// <summary>No undamaged block is lost, and no damaged one accepted, however many threads decode.</summary>
    internal static void FindsExactly(byte[] file, Expectation expected, int threads)
    {
        var reader = new CaptureReader(new BlockReader(new ShortReads(file)), threads);
        var found = 0;
        try
        {
            for (; reader.Read(); found++)
            {
                Check(found < expected.Blocks.Count, $"a block at {reader.Offset} that nobody wrote");
                CheckBlock(expected.Blocks[found], reader);
            }
        }
        catch (CaptureFormatException) when (expected is { Sections: 0, IsCapture: false })
        {
            return;
        }

        Check(expected.Sections > 0 || expected.IsCapture, "no capture, but not refused");
        Check(found == expected.Blocks.Count, $"{found} blocks, expected {expected.Blocks.Count}");
        CheckEqual("bytes damaged", reader.Damage.Bytes, expected.DamagedBytes);
        CheckEqual("blocks missing", reader.Damage.MissingBlocks, expected.MissingBlocks);
        CheckEqual("sections", reader.Section, expected.Sections);
        CheckEqual("sections cut short", reader.Truncated, expected.Truncated);
    }

    /// <summary>What was not touched is found, whatever stands beside it.</summary>
    internal static void FindsAtLeast(byte[] file, List<(long Offset, KnownBlock Block)> untouched)
    {
        var reader = Open(file);
        var found = 0;
        while (reader.Read())
        {
            if (found < untouched.Count && reader.Offset == untouched[found].Offset)
            {
                CheckBlock(untouched[found++], reader);
            }
        }

        CheckEqual("untouched blocks", found, untouched.Count);
    }

    /// <summary>A reader keeps to the memory that it says.</summary>
    internal static void StaysWithinMemory(byte[] file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        TryRead(file);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Check(taken <= CaptureReader.MaxMemory, $"reading takes {taken} bytes, more than {CaptureReader.MaxMemory}");
    }

    /// <summary>Bringing events into order loses none and doubles none.</summary>
    internal static void GivesEveryEventOnce(byte[] file) => UnlessRefused(() =>
    {
        var stream = new EventStream(Open(file));
        var given = 0L;
        while (stream.Read(out var events))
        {
            given += events.Length;
        }

        CheckEqual("events given in order", given, CountEvents(file));
    });

    /// <summary>The way from the end leads to a section or to nothing.</summary>
    internal static void IsFoundFromItsEndOrNot(byte[] file)
    {
        var stream = new MemoryStream(file);
        foreach (var section in SectionIndex.Find(stream) ?? [])
        {
            Check(section.Start >= 0 && section.Start < section.End && section.End <= file.Length, "a section outside of the file");
            foreach (var (_, context) in SectionIndex.ReadContexts(stream, section))
            {
                Check(context.Clocks.Count <= file.Length, "more clocks than bytes");
            }
        }
    }

    /// <summary>Recovery gives a capture that is whole, with the same events; verification finds what it finds.</summary>
    internal static void IsRecovered(byte[] file) => UnlessRefused(() =>
    {
        CaptureVerifier.Verify(new MemoryStream(file));
        var output = new MemoryStream();
        new CaptureRecovery(Open(file), output, KeptWatermarks.Find(Open(file))).Run();
        if (output.Length > 0)
        {
            var recovered = Open(output.ToArray());
            while (recovered.Read())
            {
            }

            var problems = CaptureVerifier.Verify(new MemoryStream(output.ToArray())).Problems;
            Check(problems.Count == 0, $"what was recovered is unsound: {(problems.Entries is [var first, ..] ? first.What : "")}");
            Check(recovered.IsWhole, "what was recovered is damaged");
            CheckEqual("events recovered", CountEvents(output.ToArray()), CountEvents(file));
        }
    });

    /// <summary>What can be read can be anonymized, and nothing else is made of it.</summary>
    internal static void IsAnonymized(byte[] file) => UnlessRefused(() =>
    {
        var output = new MemoryStream();
        using var anonymization = new CaptureAnonymization(Open(file), output, anyKey, new AnonymizationOptions(), "tracecap fuzz");
        anonymization.Run();
        if (output.Length > 0)
        {
            CheckEqual("events anonymized", CountEvents(output.ToArray()), CountEvents(file));
        }
    });

    private static CaptureReader Open(byte[] file) => new(new MemoryStream(file));

    private static void UnlessRefused(Action action)
    {
        try
        {
            action();
        }
        catch (CaptureFormatException)
        {
            // Refused, as it may be.
        }
    }

    private static long CountEvents(byte[] file)
    {
        var reader = Open(file);
        var count = 0L;
        while (reader.Read())
        {
            count += reader.Events.Length;
        }

        return count;
    }

    private static void CheckBlock((long Offset, KnownBlock Block) expected, CaptureReader reader)
    {
        CheckEqual("offset", reader.Offset, expected.Offset);
        Check(reader.Events.SequenceEqual(expected.Block.Events), $"other events at {reader.Offset}");
    }

    private static void CheckEqual(string what, long found, long expected) =>
        Check(found == expected, $"{what}: {found}, expected {expected}");

    private static void Check(bool condition, string what)
    {
        if (!condition)
        {
            throw new FuzzException(what);
        }
    }
}
