using SkiaSharp;

namespace TraceCap.Charts.Tests;

/// <summary>Compares pictures with those that a person has looked at.</summary>
internal static class Pictures
{
    /// <summary>With UPDATE_GOLDENS=1 they are drawn anew, to be looked at before they are committed.</summary>
    internal static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1";

    /// <summary>Compares one with a file.</summary>
    internal static void Compare(string golden, byte[] drawn)
    {
        if (Update)
        {
            File.WriteAllBytes(golden, drawn);
        }

        using var expected = SKBitmap.Decode(golden);
        using var actual = SKBitmap.Decode(drawn);
        Assert.Equal(expected.Info.Size, actual.Info.Size);
        Assert.InRange(Difference(expected, actual), 0, 0.002);
    }

    /// <summary>The share of pixels that anybody would call another colour.</summary>
    internal static double Difference(SKBitmap one, SKBitmap other)
    {
        var different = one.Pixels.Zip(other.Pixels).Count(pair =>
            Math.Abs(pair.First.Red - pair.Second.Red) + Math.Abs(pair.First.Green - pair.Second.Green) + Math.Abs(pair.First.Blue - pair.Second.Blue) > 96);
        return (double)different / one.Pixels.Length;
    }
}
