namespace TraceCap.Format.Reading;

/// <summary>Arrays that are used again and again.</summary>
internal static class Arrays
{
    /// <summary>Makes room. What is each a little larger than the one before must not take new memory every time.</summary>
    internal static void Grow<T>(ref T[] array, int length, int most)
    {
        if (array.Length < length)
        {
            array = new T[Math.Min(Math.Max(length, 2 * array.Length), most)];
        }
    }
}
