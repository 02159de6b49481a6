using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>How often the kernel skipped programs because they would have interrupted or preempted themselves.</summary>
/// <param name="programs">Which; disposed with this.</param>
internal sealed unsafe class SkippedRuns(IReadOnlyList<Descriptor> programs) : IDisposable
{
    /// <summary>The sum since they were loaded.</summary>
    /// <exception cref="ProbeException">The kernel does not tell.</exception>
    internal ulong Count()
    {
        ulong sum = 0;
        foreach (var program in programs)
        {
            var info = default(Libbpf.ProgramInfo);
            var length = (uint)sizeof(Libbpf.ProgramInfo);
            var error = Libbpf.GetInfo(program, &info, ref length);
            if (error < 0)
            {
                throw ProbeException.FromErrno("the kernel does not tell how often it skipped a probe", error);
            }

            sum += info.RecursionMisses;
        }

        return sum;
    }

    public void Dispose()
    {
        foreach (var program in programs)
        {
            program.Dispose();
        }
    }
}
