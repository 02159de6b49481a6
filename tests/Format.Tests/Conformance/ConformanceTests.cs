using TraceCap.Format.Reading;

namespace TraceCap.Format.Tests.Conformance;

public class ConformanceTests
{
    private static readonly Dictionary<string, ConformanceVector> generated = Generate();

    public static TheoryData<string> Generated => [.. generated.Keys];

    public static TheoryData<string> Whole =>
        [.. generated.Values.Where(vector => vector.Outcome == "whole").Select(vector => vector.Name)];

    public static TheoryData<string> Committed =>
    [
        .. from path in Directory.GetFiles(Folder, "*.tcap")
           let name = Path.GetFileNameWithoutExtension(path)
           orderby name
           select name,
    ];

    private static string Folder => Repository.File("tests/conformance");

    [Theory]
    [MemberData(nameof(Generated))]
    public void The_generator_makes_the_committed_vector(string name) =>
        Assert.Equal(File.ReadAllBytes(PathOf(name, "tcap")), generated[name].File);

    [Theory]
    [MemberData(nameof(Generated))]
    public void The_outcome_is_what_the_vector_was_made_for(string name) =>
        Assert.Equal(generated[name].Outcome, ConformanceJson.Read(generated[name].File)["outcome"]!.GetValue<string>());

    [Theory]
    [MemberData(nameof(Committed))]
    public void Our_reader_finds_what_is_in_the_vector(string name)
    {
        var found = ConformanceJson.Read(File.ReadAllBytes(PathOf(name, "tcap")));
        Assert.Equal(File.ReadAllText(PathOf(name, "json")), ConformanceJson.Format(found));
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public void What_is_whole_is_found_from_its_end(string name)
    {
        var sections = SectionIndex.Find(new MemoryStream(generated[name].File));

        // These two do not say how long their sections are, and one does not end with its footer.
        Assert.Equal(name is "missing-keys" or "longer-arrays" or "behind-the-footer", sections is null);
    }

    /// <summary>With UPDATE_GOLDENS=1 the vectors are written anew, to be read before they are committed.</summary>
    private static Dictionary<string, ConformanceVector> Generate()
    {
        var vectors = ConformanceVectors.All().ToDictionary(vector => vector.Name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            foreach (var (name, bytes, _) in vectors.Values)
            {
                File.WriteAllBytes(PathOf(name, "tcap"), bytes);
                File.WriteAllText(PathOf(name, "json"), ConformanceJson.Format(ConformanceJson.Read(bytes)));
            }
        }

        return vectors;
    }

    private static string PathOf(string name, string extension) => Path.Combine(Folder, $"{name}.{extension}");
}
