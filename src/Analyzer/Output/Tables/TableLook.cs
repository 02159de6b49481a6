using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>How a table for people looks.</summary>
/// <param name="Width">The columns of the terminal; 0: lines may be of any length.</param>
/// <param name="Lookahead">How many rows the widths are taken from: so many are held back.</param>
/// <param name="Colours">How its header and failures stand out.</param>
internal readonly record struct TableLook(int Width, int Lookahead, TextColours Colours);
