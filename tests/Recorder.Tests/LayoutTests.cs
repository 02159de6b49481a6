using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using TraceCap.Format.Events;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Tests;

/// <summary>The structs that C and C# share, as the compiler of the BPF programs lays them out.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly JsonDocument types = ReadTypes();

    public void Dispose() => types.Dispose();

    [Theory]
    [InlineData("event", typeof(TcpEvent))]
    [InlineData("ledger", typeof(LossLedger.Row))]
    [InlineData("options", typeof(ProbeOptions.Native))]
    public void Every_field_lies_where_C_has_it(string name, Type managed)
    {
        var native = Types().Single(type => Text(type, "kind") == "STRUCT" && Text(type, "name") == name);
        Assert.Equal(Number(native, "size"), Marshal.SizeOf(managed));

        // An array of C may be one field or several here; those who are left out are never read.
        var fields = managed.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(field => !field.Name.StartsWith("reserved", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(field => field.Name, field => (Offset(managed, field), Size(field.FieldType)));
        var members = native.GetProperty("members").EnumerateArray()
            .Where(member => Text(member, "name") != "reserved")
            .ToDictionary(
                member => ToPascalCase(Text(member, "name")!),
                member => (Number(member, "bits_offset") / 8, SizeOfType(Number(member, "type_id"))));
        Assert.Equal(members, fields);
    }

    private static JsonDocument ReadTypes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the BPF programs are compiled on Linux only");
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            // The type information of a compiled object has only what the object has a name for.
            var source = Path.Combine(folder.FullName, "types.c");
            File.WriteAllText(source, "#include \"tracecap.bpf.h\"\nstruct event event;\n");
            Tool.Run("clang", "-target", "bpf", "-g", "-c", source, "-o", source + ".o", "-D__TARGET_ARCH_x86",
                "-I", Repository.File("bpf"), "-idirafter", "/usr/include/x86_64-linux-gnu",
                "-idirafter", "/usr/include/aarch64-linux-gnu");
            return JsonDocument.Parse(Tool.Run("bpftool", "btf", "dump", "-j", "file", source + ".o"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int Offset(Type type, FieldInfo field) => (int)Marshal.OffsetOf(type, field.Name);

    private static int Size(Type type) => Marshal.SizeOf(type.IsEnum ? Enum.GetUnderlyingType(type) : type);

    private static string ToPascalCase(string name) =>
        string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static string? Text(JsonElement type, string property) => type.GetProperty(property).GetString();

    private static int Number(JsonElement type, string property) => type.GetProperty(property).GetInt32();

    private JsonElement.ArrayEnumerator Types() => types.RootElement.GetProperty("types").EnumerateArray();

    private int SizeOfType(int id)
    {
        var type = Types().Single(type => Number(type, "id") == id);
        return Text(type, "kind") switch
        {
            "ARRAY" => Number(type, "nr_elems") * SizeOfType(Number(type, "type_id")),
            "TYPEDEF" => SizeOfType(Number(type, "type_id")),
            _ => Number(type, "size"),
        };
    }
}
