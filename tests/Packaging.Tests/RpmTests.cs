namespace TraceCap.Packaging.Tests;

/// <summary>The package for Fedora, RHEL and SUSE.</summary>
public sealed class RpmTests
{
    /// <summary>AppArmor is what Debian confines services with, and Fedora does so with SELinux.</summary>
    [Fact]
    public void It_holds_what_the_deb_does_but_for_what_is_Debians_own()
    {
        Shell.SkipWithout("rpm");
        var files = Shell.Lines("rpm", "-qp", "--queryformat", "[%{FILEMODES:perms} %{FILENAMES}\\n]", Packages.Rpm).Where(line => line[0] != 'd')
            .Select(line => line[(line.IndexOf(' ') + 1)..]).Where(path => !path.StartsWith("/usr/share/doc/tracecap/licences/", StringComparison.Ordinal));
        var expected = Shell.Lines("sh", "-c", $"dpkg-deb --fsys-tarfile {Packages.Deb} | tar -t | grep -v '/$' | cut -c2-");
        Assert.Equal(
            expected.Where(path => !path.Contains("/changelog", StringComparison.Ordinal) && !path.Contains("/lintian/", StringComparison.Ordinal) && !path.Contains("apparmor", StringComparison.Ordinal))
                .Select(path => path.Replace("vendor-completions", "site-functions", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_asks_for_the_libraries_that_its_files_need()
    {
        Shell.SkipWithout("rpm");
        var requires = Shell.Lines("rpm", "-qp", "--requires", Packages.Rpm).Where(line => !line.StartsWith("rpmlib(", StringComparison.Ordinal) && line != "/bin/sh");
        Assert.Equal(["libc.so.6(GLIBC_2.34)(64bit)", "libgcc_s.so.1()(64bit)", "libstdc++.so.6()(64bit)"], requires.Order(StringComparer.Ordinal));
    }
}
