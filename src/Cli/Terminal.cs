namespace TraceCap.Cli;

/// <summary>What standard output is connected to.</summary>
internal static class Terminal
{
    /// <summary>Its columns; 0 if it is no terminal.</summary>
    internal static int Width
    {
        get
        {
            if (Console.IsOutputRedirected)
            {
                return 0;
            }

            try
            {
                return Math.Max(Console.WindowWidth, 40);
            }
            catch (IOException)
            {
                return 80;
            }
        }
    }
}
