using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>
/// What the pages show is true. A block <c>```sh</c> is run line by line and must succeed; in a block <c>```console</c>
/// each <c>$ command</c> must print the lines below it, where <c>...</c> stands for any text. Of a block <c>```yaml</c>, steps of a
/// CI job, each <c>run:</c> is run as well; there <c>sudo</c> is for others than root.
/// </summary>
[Collection(nameof(Alone))]
public sealed partial class DocumentationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public DocumentationTests() => File.CreateSymbolicLink(Path.Combine(folder, "samples"), Repository.File("samples"));

    public static TheoryData<string> PagesWithCommands => [.. Blocks("(?:sh|yaml)").Select(block => block.Page).Distinct()];

    public static TheoryData<string, string, string> Sessions => [.. Blocks("console").SelectMany(block =>
        Prompt().Split(block.Text)[1..].Select(session => session.Split('\n', 2)).Select(session => (block.Page, session[0], session[1])))];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>In their order, in one folder: so a reader runs them.</summary>
    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public void The_commands_of_a_page_work_one_after_another(string page)
    {
        var commands = Blocks("(?:sh|yaml)").Where(block => block.Page == page).SelectMany(block => Step().IsMatch(block.Text)
            ? Step().Matches(block.Text).Select(step => step.Groups[1].Value.Replace("sudo -E ", "", StringComparison.Ordinal))
            : block.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        if (commands.Any(command => Live().IsMatch(command)))
        {
            LiveRecorder.SkipUnlessAllowed();
        }

        Assert.All(commands, command =>
        {
            var (code, _, error) = Shell(command);
            Assert.True(code == 0, $"{command}: {error}");
        });
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void A_command_prints_what_the_page_shows(string page, string command, string shown)
    {
        var (code, output, error) = Shell(command);
        Assert.True(code == 0, $"{page}: {command}: {error}");
        Assert.Matches("^" + Regex.Escape(shown).Replace(@"\.\.\.", "(.|\n)*", StringComparison.Ordinal) + "$", output);
    }

    [Fact]
    public void Figures_are_those_of_the_results_that_they_name()
    {
        var tables = Figures().Matches(File.ReadAllText(Repository.File("docs/performance.md")));
        Assert.NotEmpty(tables);
        Assert.All(tables, shown =>
        {
            Assert.NotEmpty(shown.Groups["table"].Value);
            Assert.Contains(shown.Groups["table"].Value, File.ReadAllText(Repository.File(shown.Groups["results"].Value)), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_pages_have_commands()
    {
        Assert.NotEmpty(PagesWithCommands);
        Assert.NotEmpty(Sessions);
    }

    [Fact]
    public void Every_link_to_a_file_leads_to_one() => Assert.All(Pages(), page => Assert.All(
        Link().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)),
        link => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, link.Split('#')[0])), $"{page}: {link}")));

    /// <summary>Dead links and anchors are warnings, and those are errors.</summary>
    [Fact]
    public void The_pages_make_a_site_without_a_warning()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkdocs") && Directory.Exists("/usr/share/mkdocs/themes/material"), "mkdocs-material is not installed");
        var (code, _, error) = Shell($"cd {Repository.Root} && PYTHONDONTWRITEBYTECODE=1 mkdocs build --quiet --site-dir {folder}/site");
        Assert.True(code == 0, error);
        var page = File.ReadAllText(Path.Combine(folder, "site", "index.html"));
        // Pictures go by what the reader's system has, and so does the page; nothing comes from elsewhere.
        Assert.Contains("<source media=\"(prefers-color-scheme: dark)\" srcset=\"charts/churn-dark.png\">", page, StringComparison.Ordinal);
        Assert.Contains("data-md-color-media=\"(prefers-color-scheme: dark)\"", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(script|link|img)[^>]* (src|href)=\"?(https?:)?//", page);
    }

    /// <summary>A name in the README is that of a file, as far as files of its kind were made.</summary>
    [Fact]
    public void What_one_line_installs_is_what_packaging_makes()
    {
        var named = Packages().Matches(File.ReadAllText(Repository.File("README.md"))).Select(match => match.Value).Distinct().ToArray();
        Assert.InRange(named.Length, 5, 20);
        var folder = Repository.File("artifacts/packages");
        var made = Directory.Exists(folder) ? Directory.GetFiles(folder, "tracecap*") : [];
        Assert.SkipUnless(made.Length > 0, "no packages are there that ./build.sh package would have made");
        Assert.All(named.Where(name => made.Any(file => file.EndsWith(name[name.IndexOf('.', StringComparison.Ordinal)..], StringComparison.Ordinal))), name =>
            Assert.NotEmpty(Directory.GetFiles(folder, name)));
    }

    private static IEnumerable<string> Pages() => [Repository.File("README.md"), Repository.File("CONTRIBUTING.md"), Repository.File("SECURITY.md"), .. Directory.GetFiles(Repository.File("docs"), "*.md")];

    private static IEnumerable<(string Page, string Text)> Blocks(string kind) =>
        from page in Pages()
        from Match match in Regex.Matches(File.ReadAllText(page), $"^```{kind}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)
        select (Path.GetFileName(page), match.Groups[1].Value);

    private (int Code, string Output, string Error) Shell(string command)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-o", "pipefail", "-c", command])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = Path.GetDirectoryName(Tracecap.Path) + ":" + start.Environment["PATH"];
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    [GeneratedRegex("^ +run: (.*)$", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex(@"^\$ ", RegexOptions.Multiline)]
    private static partial Regex Prompt();

    [GeneratedRegex(@"tracecap (record|trace|top -b)\b")]
    private static partial Regex Live();

    [GeneratedRegex(@"tracecap[-_]\*[\w.-]*")]
    private static partial Regex Packages();

    [GeneratedRegex("<!-- figures of (?<results>.*) -->\n(?<table>(.|\n)*?)\n<!-- end of figures -->")]
    private static partial Regex Figures();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
