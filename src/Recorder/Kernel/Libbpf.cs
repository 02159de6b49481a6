using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Kernel;

/// <summary>
/// libbpf, as far as it is used. What gives a handle or a pointer gives an invalid one and sets errno on failure; what gives
/// an int gives a negative errno. A pointer to a map or program is good as long as its object is open.
/// </summary>
internal static unsafe partial class Libbpf
{
    private const string Library = "libbpf";

    /// <summary>struct bpf_map_info, as far as the number of entries.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MapInfo
    {
        internal uint Type;
        internal uint Id;
        internal uint KeySize;
        internal uint ValueSize;
        internal uint MaxEntries;
    }

    /// <summary>struct bpf_prog_info, as far as the last field used.</summary>
    [StructLayout(LayoutKind.Explicit)]
    internal struct ProgramInfo
    {
        [FieldOffset(192)]
        internal ulong RunTimeNanoseconds;

        [FieldOffset(200)]
        internal ulong Runs;

        [FieldOffset(208)]
        internal ulong RecursionMisses;
    }

    /// <summary>struct bpf_object_open_opts; the library takes a shorter one for an older version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenOptions
    {
        internal nuint Size;
        internal byte* ObjectName;
    }

    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    internal static partial nint SetPrint(delegate* unmanaged[Cdecl]<int, byte*, nint, int> print);

    [LibraryImport(Library, EntryPoint = "libbpf_num_possible_cpus")]
    internal static partial int PossibleCpus();

    [LibraryImport(Library, EntryPoint = "bpf_object__open_mem", SetLastError = true)]
    internal static partial BpfObject OpenObject(void* bytes, nuint length, OpenOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    internal static partial int LoadObject(BpfObject bpfObject);

    [LibraryImport(Library, EntryPoint = "bpf_object__find_map_by_name", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindMap(BpfObject bpfObject, string name);

    [LibraryImport(Library, EntryPoint = "bpf_object__find_program_by_name", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindProgram(BpfObject bpfObject, string name);

    [LibraryImport(Library, EntryPoint = "bpf_map__fd")]
    internal static partial int MapDescriptor(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__initial_value")]
    internal static partial void* InitialValue(nint map, out nuint size);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_max_entries")]
    internal static partial int SetMaxEntries(nint map, uint entries);

    [LibraryImport(Library, EntryPoint = "bpf_map__reuse_fd")]
    internal static partial int ReuseMap(nint map, Descriptor descriptor);

    internal static Descriptor OpenPinned(string path) => new(GetPinned(path));

    [LibraryImport(Library, EntryPoint = "bpf_obj_get", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetPinned(string path);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_elem")]
    internal static partial int LookUp(Descriptor map, void* key, void* value);

    /// <summary>Whether there is such a key already or not.</summary>
    internal const ulong Any = 0;

    /// <summary>Only if there is no such key yet.</summary>
    internal const ulong NoExist = 1;

    [LibraryImport(Library, EntryPoint = "bpf_map_update_elem")]
    internal static partial int Update(Descriptor map, void* key, void* value, ulong flags);

    [LibraryImport(Library, EntryPoint = "bpf_map_get_next_key")]
    internal static partial int NextKey(Descriptor map, void* key, void* next);

    [LibraryImport(Library, EntryPoint = "bpf_map_delete_elem")]
    internal static partial int Delete(Descriptor map, void* key);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    internal static partial int GetInfo(Descriptor descriptor, void* info, ref uint length);

    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    internal static partial int ProgramDescriptor(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_autoload")]
    internal static partial int SetAutoload(nint program, [MarshalAs(UnmanagedType.U1)] bool load);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach", SetLastError = true)]
    internal static partial BpfLink Attach(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_cgroup", SetLastError = true)]
    internal static partial BpfLink AttachToCgroup(nint program, Descriptor cgroup);

    [LibraryImport(Library, EntryPoint = "btf__load_vmlinux_btf", SetLastError = true)]
    internal static partial BpfTypes LoadKernelTypes();

    [LibraryImport(Library, EntryPoint = "btf__find_by_name_kind", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int FindType(BpfTypes types, string name, uint kind);

    [LibraryImport(Library, EntryPoint = "btf__type_by_id")]
    internal static partial uint* TypeById(BpfTypes types, uint id);
}
