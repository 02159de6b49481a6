namespace TraceCap.Format.Blocks;

/// <summary>Blocks that follow each other.</summary>
/// <param name="From">Where the first of them begins in the file.</param>
/// <param name="To">Where the last of them ends.</param>
/// <param name="Blocks">How many they are.</param>
/// <param name="LastTimestamp">The latest timestamp of their events, CLOCK_MONOTONIC ns; 0 without events.</param>
internal readonly record struct BlockRun(long From, long To, uint Blocks, ulong LastTimestamp);
