// The stored figures, and how far today's are from them.

using System.Globalization;
using System.Text.Json;

namespace XousCloud.Bench;

internal static class Baseline
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    private static string StoredFile => Repository.Find("bench", "baseline.json");

    public static void Compare(Dictionary<string, double> figures)
    {
        if (!File.Exists(StoredFile))
        {
            return;
        }

        Dictionary<string, double> stored = Read();
        Console.WriteLine();
        Console.WriteLine($"{"figure",-45} {"now",10} {"stored",10} {"now/stored",10}");
        foreach ((string name, double now) in figures)
        {
            if (stored.TryGetValue(name, out double then))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name,-45} {now,10:f2} {then,10:f2} {now / then,10:f2}"));
            }
        }
    }

    public static void Save(Dictionary<string, double> figures)
    {
        SortedDictionary<string, double> all = new(File.Exists(StoredFile) ? Read() : [], StringComparer.Ordinal);
        foreach ((string name, double value) in figures)
        {
            all[name] = Math.Round(value, 3);
        }

        File.WriteAllText(StoredFile, JsonSerializer.Serialize(all, Format) + "\n");
    }

    private static Dictionary<string, double> Read() =>
        JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(StoredFile))!;
}
