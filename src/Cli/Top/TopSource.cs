using TraceCap.Analyzer.Connections;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Top;

/// <summary>Where connections come from: this host, or captures.</summary>
/// <param name="IsLive">Whether time passes by itself.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Read">Reads all of it, and ends the feed; calls the action after each block.</param>
/// <param name="Stop">Has it end soon, from any thread; what was read until then counts.</param>
internal sealed record TopSource(bool IsLive, string Name, Func<ConnectionFeed, Action, ExitCode> Read, Action Stop);
