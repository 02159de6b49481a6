using System.Runtime.ExceptionServices;

namespace TraceCap.Format.Reading;

/// <summary>
/// Has the thread pool work on jobs ahead, and gives them back in the order in which they were added. Who waits for one
/// works on it himself if no thread has begun, or meanwhile on others: so with nothing else to do all threads are busy. For
/// one thread that adds and takes.
/// </summary>
/// <typeparam name="T">What a job works on. It is not touched by others between <see cref="Add"/> and <see cref="Take"/>.</typeparam>
/// <param name="work">Is called once for each job, on any thread.</param>
/// <param name="capacity">The most jobs that are held at the same time.</param>
internal sealed class WorkAhead<T>(Action<T> work, int capacity)
    where T : class
{
    private readonly Queue<Job> jobs = new(capacity);

    /// <summary>Whether one must be taken before another can be added.</summary>
    public bool IsFull => jobs.Count == capacity;

    /// <summary>Whether there is none to take.</summary>
    public bool IsEmpty => jobs.Count == 0;

    /// <summary>Adds a job; a thread begins as soon as one is free.</summary>
    /// <exception cref="InvalidOperationException">It is full.</exception>
    public void Add(T item) => ThreadPool.UnsafeQueueUserWorkItem(Queue(new Job(item, work)), preferLocal: false);

    /// <summary>Adds what nothing is to be done for, to come back in its turn.</summary>
    /// <exception cref="InvalidOperationException">It is full.</exception>
    public void AddDone(T item) => Queue(Job.Done(item));

    /// <summary>Takes the oldest job, done; what it threw is thrown here.</summary>
    /// <exception cref="InvalidOperationException">It is empty.</exception>
    public T Take()
    {
        var oldest = jobs.Dequeue();
        oldest.Execute();
        foreach (var other in jobs)
        {
            if (oldest.IsDone)
            {
                break;
            }

            other.Execute();
        }

        oldest.Wait();
        oldest.ThrowIfFailed();
        return oldest.Item;
    }

    /// <summary>Waits until no thread works on any, and forgets them. What they threw is not thrown.</summary>
    public void Finish()
    {
        while (jobs.TryDequeue(out var job))
        {
            if (!job.TryBegin())
            {
                job.Wait();
            }
        }
    }

    private Job Queue(Job job)
    {
        if (IsFull)
        {
            throw new InvalidOperationException($"{capacity} jobs are held already");
        }

        jobs.Enqueue(job);
        return job;
    }

    private sealed class Job(T item, Action<T> work) : IThreadPoolWorkItem
    {
        private readonly object waiting = new();
        private ExceptionDispatchInfo? failure;
        private int begun;
        private volatile bool isDone;

        internal static Job Done(T item) => new(item, static _ => { }) { begun = 1, isDone = true };

        internal T Item => item;

        internal bool IsDone => isDone;

        /// <summary>Sees to it that no other thread begins.</summary>
        /// <returns>False if one has.</returns>
        internal bool TryBegin() => Interlocked.Exchange(ref begun, 1) == 0;

        public void Execute()
        {
            if (!TryBegin())
            {
                return;
            }

            try
            {
                work(item);
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }

            lock (waiting)
            {
                isDone = true;
                Monitor.PulseAll(waiting);
            }
        }

        internal void Wait()
        {
            lock (waiting)
            {
                while (!isDone)
                {
                    Monitor.Wait(waiting);
                }
            }
        }

        internal void ThrowIfFailed() => failure?.Throw();
    }
}
