namespace TraceCap.Cli.Manual;

/// <summary>The script of a shell that asks what may stand where the cursor is.</summary>
/// <param name="Name">The shell.</param>
/// <param name="Use">How the script is put to use.</param>
internal sealed record ShellScript(string Name, string Use)
{
    /// <summary>Those there are.</summary>
    internal static IReadOnlyList<ShellScript> All { get; } =
    [
        new("bash", "source <(tracecap completion bash), in ~/.bashrc"),
        new("zsh", "source <(tracecap completion zsh), in ~/.zshrc behind compinit"),
        new("fish", "tracecap completion fish | source, in ~/.config/fish/config.fish"),
    ];

    /// <summary>The script itself.</summary>
    internal string Text()
    {
        using var script = new StreamReader(typeof(ShellScript).Assembly.GetManifestResourceStream($"completion.{Name}")!);
        return script.ReadToEnd();
    }
}
