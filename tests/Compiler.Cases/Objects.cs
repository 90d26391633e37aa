// Classes, arrays, strings, delegates, interfaces and boxes, over an allocator that the program brings. Nothing is ever
// given back: the allocator begins anew at its buffer's start when the buffer is full, which no case outlives.

using System.Runtime.CompilerServices;
using XousCloud.Guest;

namespace XousCloud.Compiler.Cases;

#pragma warning disable CA1859 // The cases are about calls through interfaces and base classes.

internal static unsafe class Allocator
{
    private const int Size = 1 << 17;

#pragma warning disable CS0649 // It is written through its address.
    private static Buffer buffer;
#pragma warning restore CS0649
    private static uint used;

    [InlineArray(Size)]
    private struct Buffer
    {
        private byte first;
    }

    [RuntimeHelper("allocate")]
    public static byte* Allocate(uint size, uint alignment)
    {
        uint start = (used + alignment - 1) & ~(alignment - 1);
        if (size > Size - start)
        {
            start = 0;
        }

        used = start + size;
        byte* block = (byte*)Unsafe.AsPointer(ref buffer) + start;
        for (uint i = 0; i < size; i++)
        {
            block[i] = 0;
        }

        return block;
    }
}

internal interface IShape
{
    int Area();

    int Twice() => Area() * 2;
}

internal interface INamed
{
    string Name { get; }
}

internal abstract class Shape : IShape
{
    protected int scale = 1;

    public abstract int Area();

    public virtual int Sides => 0;

    public int Scaled() => Area() * scale;
}

internal sealed class Square(int side) : Shape, INamed
{
    public override int Sides => 4;

    public string Name => "square";

    public override int Area() => side * side;

    public Square Grow(int factor)
    {
        scale = factor;
        return this;
    }
}

internal class Rectangle(int width, int height) : Shape, INamed
{
    public override int Sides => 4;

    public virtual string Name => "rectangle";

    public override int Area() => width * height;
}

internal sealed class Golden(int width) : Rectangle(width, width * 2)
{
    public override string Name => "golden " + "one";

    public override int Sides => base.Sides + 1;
}

internal struct Meter(int value) : IShape
{
    public int Value = value;

    public int Area() => Value;
}

internal sealed class Chain<T>
    where T : struct
{
    private T[] items = new T[2];

    public int Count { get; private set; }

    public T this[int index] => items[index];

    public void Add(T item)
    {
        if (Count == items.Length)
        {
            T[] larger = new T[items.Length * 2];
            for (int i = 0; i < Count; i++)
            {
                larger[i] = items[i];
            }

            items = larger;
        }

        items[Count++] = item;
    }
}

public static class Classes
{
    private static readonly Shape[] shapes = [new Square(3), new Rectangle(2, 5), new Golden(4)];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Shape? Choose(int n) => (n & 3) switch
    {
        0 => new Square(n),
        1 => new Rectangle(n, 3),
        2 => new Golden(n),
        _ => null,
    };

    public static int VirtualCalls(int n) => Choose(n & ~1)!.Area() + Choose((n & ~3) | 1)!.Sides;

    public static int CallOnNothing(int n) => Choose(n)!.Area();

    public static int FieldOfNothing(int n) => Choose(n | 3)!.Scaled();

    public static int InheritedMethodsAndFields(int n) => new Square(n).Grow(3).Scaled();

    public static int BaseMethodOfAnOverride(int n) => new Golden(n).Sides;

    public static int StaticReadonlyObjects(int n) => shapes[(n & 0x7FFF_FFFF) % 3].Area();

    public static int InterfaceCalls(int n)
    {
        IShape shape = (n & 1) == 0 ? new Square(n) : new Meter(n);
        return shape.Area() + shape.Twice();
    }

    public static int TypeTests(int n)
    {
        object? shape = Choose(n);
        int result = shape is Square ? 1 : 0;
        result |= shape is Rectangle ? 2 : 0;
        result |= shape is Golden ? 4 : 0;
        result |= shape is INamed ? 8 : 0;
        result |= shape is null ? 16 : 0;
        return result | ((shape as Golden) != null ? 32 : 0);
    }

    public static int CastsThatFail(int n) => ((Rectangle)Choose(n)!).Area();

    public static int PatternsOnClasses(int n) => Choose(n) switch
    {
        Golden golden => golden.Area() + 1000,
        Rectangle { Sides: 4 } rectangle => rectangle.Area(),
        INamed named => named.Name.Length,
        _ => -1,
    };

    public static bool SameObject(int n)
    {
        Square one = new(n);
        Shape same = one;
        return ReferenceEquals(one, same) && !ReferenceEquals(one, new Square(n));
    }

    public static int GenericClass(int n)
    {
        Chain<long> chain = new();
        for (int i = 0; i < (n & 15); i++)
        {
            chain.Add((long)i << 33);
        }

        long sum = 0;
        for (int i = 0; i < chain.Count; i++)
        {
            sum += chain[i];
        }

        return (int)(sum >> 33) + chain.Count;
    }

    public static int GenericClassOutOfRange(int n)
    {
        Chain<byte> chain = new();
        chain.Add((byte)n);
        return chain[n & 3];
    }

    public static int BoxedAndUnboxed(int n)
    {
        object boxed = n;
        object wide = (long)n << 3;
        return (int)boxed + (int)(long)wide;
    }

    public static int UnboxedAsAnother(int n)
    {
        object boxed = (n & 1) == 0 ? n : (long)n;
        return (int)boxed;
    }

    public static int BoxedStructByItsInterface(int n)
    {
        Meter meter = new(n);
        int area = AreaOf(meter);
        meter.Value++;
        return area - meter.Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int AreaOf(IShape shape) => shape.Area();
}

public static class Arrays
{
    private static readonly string[] names = ["zero", "one", "two"];

    public static int Elements(int n, int i)
    {
        int[] numbers = new int[5];
        numbers[i] = n;
        return numbers[0] + numbers[4] + numbers.Length;
    }

    public static long LongElements(long n)
    {
        long[] numbers = [n, n + 1, n ^ 5];
        long sum = 0;
        foreach (long number in numbers)
        {
            sum = (sum * 31) + number;
        }

        return sum;
    }

    public static int StructElements(int n)
    {
        Meter[] meters = new Meter[3];
        meters[1].Value = n;
        ref Meter last = ref meters[2];
        last = meters[1];
        last.Value += 2;
        return meters[0].Value + meters[1].Value + meters[2].Value;
    }

    public static int LengthFromAnArgument(byte n) => new short[n].Length;

    public static int NegativeLength(int n) => new byte[n & -2147483600].Length;

    public static int AsSpan(int n)
    {
        byte[] bytes = [1, 2, 3, 4, 5, 6];
        Span<byte> middle = bytes.AsSpan(1, 3);
        middle[0] = (byte)n;
        middle.Reverse();
        return bytes[3] + middle.Length + bytes[1];
    }

    public static int Jagged(int n)
    {
        int[][] rows = [[1], [2, 3], [4, 5, 6]];
        return rows[(n & 0x7FFF_FFFF) % 3].Length + rows[2][n & 1];
    }

    public static int OfStrings(int n) => names[(n & 0x7FFF_FFFF) % 3].Length;
}

public static class Strings
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Name(int n) => (n & 3) switch
    {
        0 => "alpha",
        1 => "beta",
        2 => "gamma",
        _ => "",
    };

    public static char Indexed(int n, int i) => Name(n)[i];

    public static int Lengths(int n) => Name(n).Length;

    public static bool Equal(int n, int m) => Name(n) == Name(m);

    public static int Switched(int n) => Name(n) switch
    {
        "alpha" => 1,
        "beta" => 2,
        "gamma" => 3,
        _ => 4,
    };

    public static int Each(int n)
    {
        int sum = 0;
        foreach (char letter in Name(n))
        {
            sum = (sum * 31) + letter;
        }

        return sum;
    }

    public static int AsSpanOfChars(int n) => Name(n).AsSpan().IndexOf('a');

    public static bool StartsWithOrdinal(int n) => Name(n).AsSpan().StartsWith("be");

    public static bool IsEmpty(int n) => string.IsNullOrEmpty(Name(n));
}

public static class Delegates
{
    private static int total;

    private static int Double(int n) => n * 2;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Apply(Func<int, int> function, int n) => function(n);

    public static int OfAStaticMethod(int n) => Apply(Double, n);

    public static int OfALambda(int n) => Apply(static x => x + 7, n);

    public static int OfAClosure(int n, int m) => Apply(x => (x * m) + n, m);

    public static int ThatChangesALocal(int n)
    {
        int count = 0;
        Action<int> add = x => count += x;
        add(n);
        add(3);
        return count;
    }

    public static int OfAMethodOfAnObject(int n)
    {
        Func<int> area = new Square(n).Area;
        return area() + 1;
    }

    public static long WithWideArguments(long a, int b)
    {
        Func<long, int, long> mix = static (x, y) => (x << 4) ^ y;
        return mix(a, b);
    }

    public static int ThatReturnsNothing(int n)
    {
        Action<int> add = static x => total = x;
        add(n);
        return total;
    }
}

public static class Iterators
{
    private static IEnumerable<int> Count(int to)
    {
        for (int i = 0; i < to; i++)
        {
            yield return i * i;
        }
    }

    public static int Sum(int n)
    {
        int sum = 0;
        foreach (int square in Count(n & 15))
        {
            sum += square;
        }

        return sum;
    }
}
