using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>The tasks of a chunk.</summary>
internal sealed class TaskTable
{
    private EventTask[] tasks = [];
    private int count;

    public ReadOnlySpan<EventTask> Tasks => tasks.AsSpan(0, count);

    /// <exception cref="CaptureFormatException">The columns contradict each other.</exception>
    public void Read(ColumnSet columns, ReadOnlySpan<byte> payload)
    {
        count = columns.Rows(ChunkTable.Tasks);
        ChunkMemory.Reserve(ref tasks, columns.MaxRows(ChunkTable.Tasks));
        var uids = columns.Read(payload, ColumnId.Uid);
        var mntns = columns.Read(payload, ColumnId.Mntns);
        var cgroups = columns.Read(payload, ColumnId.Cgroup);
        var commFirsts = columns.Read(payload, ColumnId.CommFirst);
        var commLasts = columns.Read(payload, ColumnId.CommLast);
        var pids = columns.Read(payload, ColumnId.Pid);
        var tids = columns.Read(payload, ColumnId.Tid);
        var programs = columns.Read(payload, ColumnId.Program);
        var containerPids = columns.Read(payload, ColumnId.ContainerPid);
        var pidns = columns.Read(payload, ColumnId.Pidns);
        for (var i = 0; i < count; i++)
        {
            var program = (int)programs[i];
            var tid = pids[i] + ZigZag.Decode(tids[i]);
            if (tid > uint.MaxValue)
            {
                throw new CaptureFormatException($"task {i} of a chunk has the thread id {tid}, expected 32 bits");
            }

            ref var task = ref tasks[i];
            task.Cgroup = cgroups[program];
            task.Comm = new Words(commFirsts[program], commLasts[program]).ToThreadName();
            task.Pid = (uint)pids[i];
            task.Tid = (uint)tid;
            task.Uid = (uint)uids[program];
            task.Mntns = (uint)mntns[program];
            task.ContainerPid = (uint)containerPids[i];
            task.Pidns = (uint)pidns[program];
        }
    }
}
