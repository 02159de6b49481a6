using System.Runtime.CompilerServices;
using TraceCap.Analyzer;
using TraceCap.Format.Events;

namespace TraceCap.Testing;

/// <summary>Captures that are kept beside the tests of a project.</summary>
public static class CaptureFixture
{
    /// <summary>Opens a capture of the test project, whatever folder the tests are run in.</summary>
    /// <param name="path">Relative to where the tests run, to the file with the test, or to a folder above either: so a file may be copied to the
    /// output or not. A full path is taken as it is.</param>
    /// <param name="caller">The file with the test; the compiler says which.</param>
    /// <returns>The capture. It holds no file open, so that a test need not dispose of it.</returns>
    /// <exception cref="FileNotFoundException">It is nowhere there; the message says where it was looked for.</exception>
    /// <exception cref="CaptureFormatException">It is no capture, or of a format that this version does not know.</exception>
    public static Capture Open(string path, [CallerFilePath] string caller = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Capture.Open(Find(path, [AppContext.BaseDirectory, Path.GetDirectoryName(caller) ?? ""]));
    }

    /// <summary>The first file of this name in or above any of the folders, up to that of a project.</summary>
    internal static string Find(string path, IEnumerable<string> folders)
    {
        var places = folders.SelectMany(ProjectFolders).Distinct().Select(folder => Path.Combine(folder, path)).ToArray();
        return places.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException(
            $"there is no capture {path}; looked for\n  {string.Join("\n  ", places)}", path);
    }

    /// <summary>A folder and those above it, up to one with a project; none of a folder that is not there, as of sources that were compiled elsewhere.</summary>
    private static IEnumerable<string> ProjectFolders(string folder)
    {
        for (var place = Directory.Exists(folder) ? new DirectoryInfo(folder) : null; place is not null; place = place.Parent)
        {
            yield return place.FullName;
            if (place.EnumerateFiles("*.??proj").Any())
            {
                yield break;
            }
        }
    }
}
