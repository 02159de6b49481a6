namespace TraceCap.Recorder.Tests;

/// <summary>A BPF map made and pinned as a user makes it.</summary>
internal sealed class TestMap : IDisposable
{
    internal TestMap(ulong key)
        : this("hash", keyBytes: 8) =>
        Tool.Run("bpftool", ["map", "update", "pinned", Path, "key", .. Bytes(key), "value", .. Bytes(1)]);

    internal TestMap(string type, int keyBytes) =>
        Tool.Run("bpftool", "map", "create", Path, "type", type, "key", $"{keyBytes}", "value", "8", "entries", "16", "name", "test");

    internal string Path { get; } = "/sys/fs/bpf/tracecap-test-" + Guid.NewGuid();

    public void Dispose() => File.Delete(Path);

    private static IEnumerable<string> Bytes(ulong value) => BitConverter.GetBytes(value).Select(b => $"{b}");
}
