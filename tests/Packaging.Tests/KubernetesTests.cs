namespace TraceCap.Packaging.Tests;

/// <summary>The manifests for a cluster.</summary>
public sealed class KubernetesTests
{
    private static readonly string Models = Repository.File("tests/kubernetes/models");

    [Fact]
    public void The_manifests_are_what_the_API_knows()
    {
        var (code, said) = Check("");
        Assert.Equal((0, "Namespace\nDaemonSet\n"), (code, said));
    }

    /// <summary>Else the test above would prove nothing.</summary>
    [Theory]
    [InlineData("s/hostPID/hostPid/", "hostPid")]
    [InlineData("s/drop:/dorp:/", "dorp")]
    [InlineData("s/terminationGracePeriodSeconds: 30/terminationGracePeriodSeconds: soon/", "terminationGracePeriodSeconds")]
    [InlineData("/selector:/,/name: tracecap/d", "selector")]
    public void A_manifest_with_a_fault_is_refused(string edit, string named)
    {
        var (code, said) = Check(edit);
        Assert.Equal(1, code);
        Assert.Contains(named, said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_is_of_this_version()
    {
        Assert.Contains($"localhost/tracecap:{Packages.Version} ", File.ReadAllText(Repository.File("docs/installing.md")), StringComparison.Ordinal);
        Shell.SkipWithout("kubectl");
        Assert.Contains($"image: localhost/tracecap:{Packages.Version}\n", Shell.Run("kubectl", "kustomize", "packaging/kubernetes"), StringComparison.Ordinal);
    }

    private static (int Code, string Said) Check(string edit)
    {
        Shell.SkipWithout("kubectl", "node");
        Assert.SkipUnless(Directory.Exists(Models), $"{Models} is not there: tests/kubernetes/apimodels fetches it");
        var (code, said, error) = Shell.Try("sh", "-c", $"kubectl kustomize packaging/kubernetes | sed '{edit}' | node tests/kubernetes/check.mjs {Models}");
        Assert.Equal("", error);
        return (code, said);
    }
}
