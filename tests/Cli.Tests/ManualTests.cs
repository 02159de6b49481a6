using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>The man pages: one for each command, which say what the help says, and are right for those who show them.</summary>
public sealed partial class ManualTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_command_has_its_page_and_it_says_all_that_the_help_says()
    {
        SkipUnlessShown();
        var commands = CommandLine().Matches(Tracecap.Run("--help").Text.Split("\nRecord:\n")[1].Split("\nOptions:\n")[0]).Select(match => match.Groups[1].Value).ToArray();
        Write();

        Assert.Equal(
            commands.Select(command => $"tracecap-{command}.1.scd").Append("tracecap.1.scd").Order(StringComparer.Ordinal),
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(commands, command => HasAllOf(Tracecap.Run(command, "--help").Text, $"tracecap-{command}"));
        HasAllOf(Tracecap.Run("--help").Text.Split("\nOptions:\n")[1], "tracecap");
        Assert.All(commands, command => Assert.Contains($"tracecap-{command}(1)", Shown("tracecap"), StringComparison.Ordinal));
    }

    [Fact]
    public void Each_page_has_its_sections_and_what_is_special_about_its_command()
    {
        SkipUnlessShown();
        Write();
        foreach (var name in Directory.GetFiles(folder, "*.scd").Select(file => Path.GetFileName(file)[..^".1.scd".Length]))
        {
            var sections = Section().Matches(Shown(name)).Select(match => match.Value).ToArray();
            Assert.Equal(["NAME", "SYNOPSIS", "DESCRIPTION"], sections[..3]);
            Assert.Equal(["EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"], sections[^5..]);
        }

        Assert.Matches(@"\n +3\n +Done, but a capture was damaged", Shown("tracecap-replay"));
        Assert.DoesNotMatch(@"\n +3\n", Shown("tracecap-probes"));
        Assert.Matches(@"\n +4\n", Shown("tracecap-check"));
        Assert.Contains("SUDO_UID", Shown("tracecap-record"), StringComparison.Ordinal);
        Assert.Contains("FINDINGS", Shown("tracecap-summary"), StringComparison.Ordinal);
    }

    /// <summary>What scdoc writes is not all to the taste of mandoc, whatever its source: a macro for a paragraph at each heading, which is skipped. Remarks on style
    /// are left out: they are about paragraphs on one line, and names of pages in small letters.</summary>
    [Fact]
    public void Neither_man_nor_mandoc_has_anything_to_say_about_a_page()
    {
        SkipUnlessShown();
        Write();
        foreach (var source in Directory.GetFiles(folder, "*.scd"))
        {
            var page = Page(Path.GetFileName(source)[..^".1.scd".Length]);
            Assert.Equal("", Shell.Run($"LC_ALL=C.UTF-8 man --warnings -l {page} > /dev/null").Error);
            var remarks = Shell.Run($"mandoc -Tlint -Wwarning {page}").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.Contains("WARNING: skipping paragraph macro", StringComparison.Ordinal));
            Assert.Empty(remarks);
        }
    }

    /// <summary>Options and the dashes before a command stand in some descriptions.</summary>
    [Fact]
    public void Whatis_has_each_page_as_the_help_has_it()
    {
        SkipUnlessShown();
        Assert.SkipUnless(File.Exists("/usr/bin/lexgrog"), "lexgrog is not installed");
        Write();
        foreach (var name in Directory.GetFiles(folder, "tracecap-*.scd").Select(file => Path.GetFileName(file)[..^".1.scd".Length]))
        {
            var page = Page(name);
            var description = Tracecap.Run(name["tracecap-".Length..], "--help").Text.Split('\n')[1].Trim().TrimEnd('.');
            Assert.Equal($"{page}: \"{name} - {char.ToLowerInvariant(description[0])}{description[1..]}\"\n", Shell.Run($"lexgrog {page}").Text);
        }
    }

    private static void SkipUnlessShown()
    {
        foreach (var program in new[] { "scdoc", "man", "mandoc" })
        {
            Assert.SkipUnless(File.Exists($"/usr/bin/{program}"), $"{program} is not installed");
        }
    }

    private void HasAllOf(string help, string name)
    {
        var page = Blanks().Replace(Shown(name), " ");
        var rows = Row().Matches(help.Split("\nExamples:")[0]).ToArray();
        Assert.InRange(rows.Length, 2, int.MaxValue);
        foreach (var row in rows)
        {
            // A value stands in angle brackets on a terminal, and underlined on a page.
            var names = row.Groups["names"].Value.Replace("<", "", StringComparison.Ordinal).Replace(">", "", StringComparison.Ordinal);
            Assert.Contains($"{names} {Blanks().Replace(row.Groups["meaning"].Value, " ")}", page, StringComparison.Ordinal);
        }

        if (help.Contains("\nExamples:\n", StringComparison.Ordinal))
        {
            Assert.All(help.Split("\nExamples:\n")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(line.Trim(), page, StringComparison.Ordinal));
        }
    }

    private void Write() => Assert.Equal(0, Tracecap.Run("manual", folder).Code);

    private string Page(string name)
    {
        var page = Path.Combine(folder, $"{name}.1");
        var made = Shell.Run($"scdoc < {page}.scd > {page}");
        return made.Code == 0 ? page : throw new InvalidOperationException($"{name}: {made.Error}");
    }

    /// <summary>As it is read, in lines that are long enough for each paragraph.</summary>
    private string Shown(string name)
    {
        var shown = Shell.Run($"set -o pipefail; LC_ALL=C.UTF-8 MANWIDTH=5000 man -l {Page(name)} | col -bx");
        return shown.Code == 0 ? shown.Text : throw new InvalidOperationException(shown.Error);
    }

    [GeneratedRegex(@"^  ([a-z]+)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex("^[A-Z][A-Z ]*$", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^  (?<names>\S.*?)  +(?<meaning>\S.*)$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
