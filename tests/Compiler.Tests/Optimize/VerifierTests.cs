// The verifier finds what a wrong pass would leave behind.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Optimize;

public sealed class VerifierTests
{
    private readonly Function function = new(new FunctionSymbol("f")) { ParameterWords = 1, ResultWords = 1 };
    private readonly Block entry = new();
    private readonly Block left = new();
    private readonly Block join = new();
    private readonly Value parameter;
    private readonly Value sum;
    private readonly Value phi;

    public VerifierTests()
    {
        function.Blocks.AddRange([entry, left, join]);
        parameter = entry.Add(new Value(Op.Parameter));
        entry.End(new Value(Op.Branch, parameter, Value.Const(0)), left, join);
        sum = left.Add(new Value(Op.Add, parameter, Value.Const(1)));
        left.End(new Value(Op.Jump), join);
        phi = join.AddPhi(new Value(Op.Phi, parameter, sum));
        join.End(new Value(Op.Return, phi));
    }

    [Fact]
    public void AFunctionThatIsRight() => Assert.Null(Verifier.Find(function));

    [Fact]
    public void AUseThatIsNotDominated()
    {
        join.Terminator!.Inputs = [sum];
        Assert.Contains("does not dominate", Verifier.Find(function), StringComparison.Ordinal);
    }

    [Fact]
    public void AUseBeforeTheDefinition()
    {
        left.Body.Insert(0, new Value(Op.Add, sum, sum) { Block = left });
        Assert.Contains("does not dominate", Verifier.Find(function), StringComparison.Ordinal);
    }

    [Fact]
    public void APhiWithTooFewInputs()
    {
        phi.Inputs = [parameter];
        Assert.Contains("inputs", Verifier.Find(function), StringComparison.Ordinal);
    }

    [Fact]
    public void AnEdgeOnOneSideOnly()
    {
        join.Predecessors.RemoveAt(1);
        phi.Inputs = [parameter];
        Assert.NotNull(Verifier.Find(function));
    }

    [Fact]
    public void AReplacedValueInUse()
    {
        sum.Become(parameter);
        Assert.Contains("nowhere", Verifier.Find(function), StringComparison.Ordinal);
    }

    [Fact]
    public void ALeafInABlock()
    {
        left.Body.Add(new Value(Op.Const) { Block = left });
        Assert.Contains("in the body", Verifier.Find(function), StringComparison.Ordinal);
    }

    [Fact]
    public void AResultApartFromItsCall()
    {
        Value call = left.Add(new Value(Op.Call) { Symbol = new FunctionSymbol("g"), Imm = 2 });
        left.Add(new Value(Op.Add, call, Value.Const(1)));
        left.Add(new Value(Op.Result, call) { Imm = 1 });
        Assert.Contains("behind its call", Verifier.Find(function), StringComparison.Ordinal);
    }

    [Fact]
    public void NoTerminator()
    {
        left.Terminator = null;
        Assert.Contains("no terminator", Verifier.Find(function), StringComparison.Ordinal);
    }
}
