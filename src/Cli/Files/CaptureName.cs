namespace TraceCap.Cli.Files;

/// <summary>What names a file on the command line.</summary>
internal static class CaptureName
{
    /// <summary>Standard input, or standard output.</summary>
    internal const string Pipe = "-";

    /// <summary>What messages call an input of this name.</summary>
    internal static string OfInput(string path) => path == Pipe ? StandardInput.Name : path;
}
