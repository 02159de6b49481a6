namespace TraceCap.Packaging.Tests;

/// <summary>The package for Fedora, RHEL and SUSE.</summary>
public sealed class RpmTests
{
    [Fact]
    public void It_holds_what_the_deb_does_but_for_what_is_Debians_own()
    {
        Shell.SkipWithout("rpm");
        var files = Shell.Lines("rpm", "-qlp", Packages.Rpm).Where(path => !path.StartsWith("/usr/share/doc/tracecap/licences", StringComparison.Ordinal));
        var expected = Shell.Lines("sh", "-c", $"dpkg-deb --fsys-tarfile {Packages.Deb} | tar -t | grep -v '/$' | cut -c2-");
        Assert.Equal(
            expected.Where(path => !path.Contains("/changelog", StringComparison.Ordinal) && !path.Contains("/lintian/", StringComparison.Ordinal))
                .Select(path => path.Replace("vendor-completions", "site-functions", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            files.Where(path => path is not ("/usr/lib/tracecap" or "/usr/share/doc/tracecap" or "/usr/share/doc/tracecap/notices")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_asks_for_the_libraries_that_its_files_need()
    {
        Shell.SkipWithout("rpm");
        var requires = Shell.Lines("rpm", "-qp", "--requires", Packages.Rpm).Where(line => !line.StartsWith("rpmlib(", StringComparison.Ordinal) && line != "/bin/sh");
        Assert.Equal(["libc.so.6(GLIBC_2.34)(64bit)", "libgcc_s.so.1()(64bit)", "libstdc++.so.6()(64bit)"], requires.Order(StringComparer.Ordinal));
    }
}
