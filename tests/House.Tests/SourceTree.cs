using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TraceCap.House.Tests;

/// <summary>A file of <c>src/</c>, by its path from there, with the files that it uses.</summary>
/// <param name="Path">With <c>/</c>, such as <c>Format/Events/TcpEvent.cs</c>.</param>
/// <param name="Text">Its source.</param>
/// <param name="Namespace">The one it declares; null if none.</param>
/// <param name="Uses">By path: which types of this file use which types of the other.</param>
/// <param name="BaseOf">Files with a type that derives from a type of this one, or implements it: cases that a base may name.</param>
internal sealed record SourceFile(
    string Path, string Text, string? Namespace, IReadOnlyDictionary<string, SortedSet<string>> Uses, IReadOnlySet<string> BaseOf)
{
    /// <summary>The folder that it lies in: its room.</summary>
    internal string Room => Path[..Path.LastIndexOf('/')];
}

/// <summary>All of <c>src/</c>, compiled together, so that each name leads to the file that declares it.</summary>
internal static class SourceTree
{
    private const string ImplicitUsings =
        "global using System; global using System.IO; global using System.Linq; global using System.Collections.Generic; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly Lazy<IReadOnlyList<SourceFile>> files = new(Read);

    internal static IReadOnlyList<SourceFile> Files => files.Value;

    /// <summary>The folders with sources, each with the folders that it uses and one example of how.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Rooms { get; } = Files
        .GroupBy(file => file.Room)
        .ToDictionary(room => room.Key, IReadOnlyDictionary<string, string> (room) => room
            .SelectMany(file => file.Uses)
            .Select(use => (Room: use.Key[..use.Key.LastIndexOf('/')], Example: use.Value.Min!))
            .Where(use => use.Room != room.Key)
            .GroupBy(use => use.Room)
            .ToDictionary(use => use.Key, use => use.First().Example));

    private static List<SourceFile> Read()
    {
        var root = Repository.File("src") + "/";
        var options = new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None);
        var trees = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), options, path[root.Length..]))
            .ToArray();
        var compilation = CSharpCompilation.Create(
            "house",
            trees.Append(CSharpSyntaxTree.ParseText(ImplicitUsings, options)),
            References(),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        // What source generators would add is missing; a name that leads nowhere would hide an arrow.
        Assert.Empty(compilation.GetDiagnostics().Where(found => found.Id is "CS0246" or "CS0234" or "CS0103"));
        return [.. trees.Select(tree => Read(tree, compilation.GetSemanticModel(tree)))];
    }

    private static IEnumerable<MetadataReference> References()
    {
        var ofFramework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return ofFramework.Concat(Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll"))
            .Where(path => !Path.GetFileName(path).StartsWith("tracecap", StringComparison.OrdinalIgnoreCase))
            .DistinctBy(Path.GetFileName)
            .Where(IsManaged)
            .Select(path => MetadataReference.CreateFromFile(path));
    }

    private static bool IsManaged(string path)
    {
        using var stream = File.OpenRead(path);
        using var file = new System.Reflection.PortableExecutable.PEReader(stream);
        return file.HasMetadata;
    }

    private static SourceFile Read(SyntaxTree tree, SemanticModel model)
    {
        var uses = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var baseOf = new HashSet<string>();
        foreach (var node in tree.GetRoot().DescendantNodes().Where(IsUse))
        {
            var from = node.AncestorsAndSelf().OfType<BaseTypeDeclarationSyntax>().LastOrDefault();
            foreach (var type in TypesOf(model.GetSymbolInfo(node).Symbol))
            {
                if (DeclaringPath(type) is { } path && path != tree.FilePath)
                {
                    if (!uses.TryGetValue(path, out var names))
                    {
                        uses.Add(path, names = new SortedSet<string>(StringComparer.Ordinal));
                    }

                    names.Add($"{from?.Identifier.Text ?? "the program"} uses {Outermost(type).Name}");
                    if (DerivesFrom(type, tree))
                    {
                        baseOf.Add(path);
                    }
                }
            }
        }

        var space = tree.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();
        return new SourceFile(tree.FilePath, tree.ToString(), space, uses, baseOf);
    }

    private static bool IsUse(SyntaxNode node) =>
        node is SimpleNameSyntax or MemberAccessExpressionSyntax or BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax
        && !node.Ancestors().Any(ancestor => ancestor is UsingDirectiveSyntax);

    /// <summary>The types that a name stands for, or that its member belongs to, with their type arguments.</summary>
    private static IEnumerable<INamedTypeSymbol> TypesOf(ISymbol? symbol) => symbol switch
    {
        ITypeSymbol type => Parts(type),
        IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => Parts(symbol.ContainingType),
        _ => [],
    };

    private static IEnumerable<INamedTypeSymbol> Parts(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => Parts(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.SelectMany(Parts).Prepend(named),
        _ => [],
    };

    private static INamedTypeSymbol Outermost(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? Outermost(outer) : type.OriginalDefinition;

    private static string? DeclaringPath(INamedTypeSymbol type) =>
        Outermost(type).Locations.FirstOrDefault(location => location.IsInSource)?.SourceTree?.FilePath is { Length: > 0 } path ? path : null;

    private static bool DerivesFrom(INamedTypeSymbol type, SyntaxTree tree)
    {
        var bases = new List<INamedTypeSymbol>(type.AllInterfaces);
        for (var one = type.BaseType; one is not null; one = one.BaseType)
        {
            bases.Add(one);
        }

        return bases.Any(one => one.OriginalDefinition.Locations.Any(location => location.SourceTree == tree));
    }
}
