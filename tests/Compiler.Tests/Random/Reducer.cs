// Makes a program that is compiled wrongly smaller, as long as it stays wrong for the same arguments: members, statements
// and parts of expressions go one by one.

using System.Diagnostics;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using XousCloud.Compiler.Tests.Differential;

namespace XousCloud.Compiler.Tests.RandomPrograms;

internal sealed class Reducer(Difference difference)
{
    private static readonly TimeSpan limit = TimeSpan.FromMinutes(1);

    private readonly Stopwatch time = Stopwatch.StartNew();

    /// <summary>The smallest source that was found within the limit.</summary>
    public string Reduce(string source)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(source).GetRoot();
        if (!IsWrong(root))
        {
            return source;
        }

        bool changed = true;
        while (changed && time.Elapsed < limit)
        {
            changed = false;
            for (int index = 0; time.Elapsed < limit; index++)
            {
                SyntaxNode[] nodes = [.. root.DescendantNodes().Where(IsRemovable)];
                if (index >= nodes.Length)
                {
                    break;
                }

                foreach (Func<SyntaxNode?> variant in Variants(root, nodes[index]))
                {
                    if (Made(variant) is { } smaller && IsWrong(smaller))
                    {
                        root = smaller;
                        changed = true;
                        index--;
                        break;
                    }
                }
            }
        }

        return root.NormalizeWhitespace().ToFullString();
    }

    private static bool IsRemovable(SyntaxNode node) => node is (StatementSyntax and not ReturnStatementSyntax) or MemberDeclarationSyntax or ExpressionSyntax { Parent: not null };

    private static IEnumerable<Func<SyntaxNode?>> Variants(SyntaxNode root, SyntaxNode node)
    {
        if (node is ExpressionSyntax)
        {
            if (node is LiteralExpressionSyntax or TypeSyntax or DeclarationExpressionSyntax)
            {
                yield break;
            }

            foreach (ExpressionSyntax part in node.ChildNodes().OfType<ExpressionSyntax>().Where(part => part is not TypeSyntax || part is IdentifierNameSyntax))
            {
                yield return () => root.ReplaceNode(node, part.WithTriviaFrom(node));
            }

            yield return () => root.ReplaceNode(node, SyntaxFactory.ParseExpression("0"));
            yield return () => root.ReplaceNode(node, SyntaxFactory.ParseExpression("1"));
            yield break;
        }

        if (node.Parent is BlockSyntax or SwitchSectionSyntax or TypeDeclarationSyntax or CompilationUnitSyntax)
        {
            yield return () => root.RemoveNode(node, SyntaxRemoveOptions.KeepNoTrivia);
        }

        if (node is StatementSyntax)
        {
            foreach (StatementSyntax part in node.ChildNodes().OfType<StatementSyntax>())
            {
                yield return () => root.ReplaceNode(node, part);
            }
        }
    }

    private static SyntaxNode? Made(Func<SyntaxNode?> variant)
    {
        try
        {
            return variant();
        }
        catch (InvalidCastException)
        {
            return null; // that kind of node cannot stand there
        }
    }

    private bool IsWrong(SyntaxNode root)
    {
        try
        {
            using var source = new CSharpSource(root.ToFullString(), OptimizationLevel.Release);
            MethodInfo? method = source.Assembly.GetType(RandomProgram.TypeName)?.GetMethod(difference.Method.Name);
            if (method is null || !method.GetParameters().Select(parameter => parameter.ParameterType)
                .SequenceEqual(difference.Method.GetParameters().Select(parameter => parameter.ParameterType)))
            {
                return false;
            }

            using var program = new GuestProgram(source.Path, [method]);
            return program.RejectionOf(method) is null
                && Comparison.Compare(method, difference.Arguments, words => program.Call(method, words), 0) is { } found
                && found.Expected.Panic == difference.Expected.Panic && (found.Actual.Note is null) == (difference.Actual.Note is null);
        }
        catch (Xunit.Sdk.XunitException)
        {
            return false; // it is no longer C#
        }
    }
}
