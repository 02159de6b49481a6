using TraceCap.Format.Blocks;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Host;

namespace TraceCap.Recorder.Tests.Files;

/// <summary>Files in memory, which fail when a test wants them to. Any thread may use it.</summary>
internal sealed class MemoryFileSystem : IFileSystem
{
    private readonly object gate = new();
    private readonly Dictionary<string, MemoryFile> files = [];
    private readonly HashSet<string> earlier = [];
    private readonly List<(FileAction Action, string Path)> done = [];

    /// <summary>Whether to fail now; gets what is to be done and to which file.</summary>
    internal Func<FileAction, string, bool> Fails { get; set; } = (_, _) => false;

    /// <summary>What was done, or tried, in order.</summary>
    internal IReadOnlyList<(FileAction Action, string Path)> Done
    {
        get
        {
            lock (gate)
            {
                return [.. done];
            }
        }
    }

    /// <summary>The files that are there.</summary>
    internal IReadOnlyList<string> Paths
    {
        get
        {
            lock (gate)
            {
                return [.. files.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    internal byte[] Content(string path)
    {
        lock (gate)
        {
            return files[path].Content;
        }
    }

    /// <summary>Puts a file there: a capture of an earlier recording, or what another process planted.</summary>
    internal void Add(string path, bool isOwnCapture = true)
    {
        lock (gate)
        {
            var file = new MemoryFile(this, path);
            file.Dispose();
            files.Add(path, file);
            if (isOwnCapture)
            {
                earlier.Add(path);
            }
        }
    }

    public NewFile? Create(string path, bool force, UserAccount? owner)
    {
        Do(FileAction.Create, path);
        lock (gate)
        {
            return !files.ContainsKey(path) || force ? files[path] = new MemoryFile(this, path) : null;
        }
    }

    public bool IsOwnCapture(string path)
    {
        lock (gate)
        {
            return earlier.Contains(path) || (files.TryGetValue(path, out var file) && file.Content.AsSpan().StartsWith(BlockHeader.Magic));
        }
    }

    public bool IsInUse(string path)
    {
        lock (gate)
        {
            return files[path].IsOpen;
        }
    }

    private bool Exists(string path)
    {
        lock (gate)
        {
            return files.ContainsKey(path);
        }
    }

    public IEnumerable<string> List(string folder) => Paths.Where(path => Path.GetDirectoryName(path) == folder);

    public void Delete(string path)
    {
        Do(FileAction.Delete, path);
        lock (gate)
        {
            files.Remove(path);
        }
    }

    private void Do(FileAction action, string path)
    {
        lock (gate)
        {
            done.Add((action, path));
        }

        if (Fails(action, path))
        {
            throw new IOException($"{path}: {action} fails");
        }
    }

    private sealed class MemoryFile(MemoryFileSystem files, string path) : NewFile
    {
        private readonly MemoryStream content = new();

        public override long Length => content.Length;

        public override long Position
        {
            get => content.Position;
            set => throw new NotSupportedException();
        }

        internal override string Path => path;

        internal byte[] Content => content.ToArray();

        internal bool IsOpen { get; private set; } = true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                files.Do(FileAction.Write, path);
            }
            catch (IOException)
            {
                // As much as a full disk takes.
                content.Write(buffer[..(buffer.Length / 2)]);
                throw;
            }

            content.Write(buffer);
        }

        internal override void ThrowIfFailed()
        {
            if (!files.Exists(path))
            {
                throw FileSpoiledException.Deleted(path);
            }
        }

        internal override void CutTo(long length)
        {
            files.Do(FileAction.Cut, path);
            content.SetLength(length);
        }

        internal override void Finish() => files.Do(FileAction.Finish, path);

        protected override void Dispose(bool disposing)
        {
            IsOpen = false;
            base.Dispose(disposing);
        }
    }
}

/// <summary>What is done to a file.</summary>
internal enum FileAction
{
    Create,
    Write,
    Cut,
    Finish,
    Delete,
}
