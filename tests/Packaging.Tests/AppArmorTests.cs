using System.Text.RegularExpressions;

namespace TraceCap.Packaging.Tests;

/// <summary>The profiles of AppArmor that the services run in. <see cref="SystemdTests"/> has them enforced by a kernel.</summary>
public sealed partial class AppArmorTests
{
    /// <summary>For rules as they were in AppArmor 3.0, whatever the kernel of this host knows of them.</summary>
    private const string Abi = "/etc/apparmor.d/abi/3.0";

    [Theory]
    [InlineData("tracecap.service")]
    [InlineData("tracecap-ship.service")]
    public void The_profile_that_a_unit_asks_for_is_read_without_a_warning(string unit)
    {
        var name = AskedFor().Match(File.ReadAllText(Repository.File("packaging/" + unit))).Groups[1].Value;
        Assert.Equal((0, ""), Parse(File.ReadAllText(Of(name))));
    }

    /// <summary>Who runs the program by hand is not confined: a path after the name would attach it to a program.</summary>
    [Theory]
    [InlineData("tracecap-record")]
    [InlineData("tracecap-ship")]
    public void A_profile_is_only_for_who_asks_for_it(string name) =>
        Assert.Equal(name, Head().Match(File.ReadAllText(Of(name))).Groups[1].Value);

    [Theory]
    [InlineData("capability bpf,", "capability bfp,")]
    [InlineData("capability bpf,", "capability bpf")]
    [InlineData("network netlink raw,", "network netlnik raw,")]
    public void A_profile_with_a_mistake_is_refused(string right, string wrong)
    {
        var profile = File.ReadAllText(Of("tracecap-record"));
        Assert.Contains(right + '\n', profile, StringComparison.Ordinal);
        var (code, error) = Parse(profile.Replace(right, wrong, StringComparison.Ordinal));
        Assert.NotEqual(0, code);
        Assert.Contains("AppArmor parser error", error, StringComparison.Ordinal);
    }

    private static string Of(string name) => Repository.File("packaging/apparmor/" + name);

    private static (int Code, string Error) Parse(string profile)
    {
        Shell.SkipWithout("apparmor_parser");
        var file = Path.GetTempFileName();
        File.WriteAllText(file, profile);
        var (code, _, error) = Shell.Try(
            "/sbin/apparmor_parser", "--skip-kernel-load", "--skip-cache", "--stdout", "--kernel-features", Abi, "--warn=rule-not-enforced", "--warn=rule-downgraded", "--warn=deprecated", file);
        File.Delete(file);
        return (code, error);
    }

    [GeneratedRegex(@"^AppArmorProfile=-(.+)$", RegexOptions.Multiline)]
    private static partial Regex AskedFor();

    [GeneratedRegex(@"^profile (\S+) (?:flags=\(attach_disconnected\) )?\{$", RegexOptions.Multiline)]
    private static partial Regex Head();
}
