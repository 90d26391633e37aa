using System.Globalization;
using System.Text.Json.Serialization;
using XousCloud.Api.Problems;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;

namespace XousCloud.Api.Devices;

/// <summary>How a device's chip is set before its firmware runs for the first time.</summary>
/// <param name="BoardType">One-way counter 81: "dabao", "baosec" or "oem". As the board's maker sets it when left out.</param>
/// <param name="BootWait">One-way counter 80: boot1 waits for a command. As the board's maker sets it when left out.</param>
/// <param name="DeveloperMode">One-way counter 85: firmware of the developer key has run, and the part's keys are erased.</param>
/// <param name="Counters">
/// Any one-way counters, "0" to "255", with their values, 0 to 4294967295. They win over those that an image brings.
/// </param>
internal sealed record FactoryFields(
    FactoryBoardType? BoardType,
    bool? BootWait,
    bool? DeveloperMode,
    IReadOnlyDictionary<string, uint>? Counters)
{
    private const string Field = "factory.counters";

    /// <summary>Describes a device.</summary>
    public static FactoryFields Of(Board board, FactorySettings settings)
    {
        SortedDictionary<int, uint> counters = new(board.Counters.ToDictionary(counter => counter.Number, counter => counter.Value));
        foreach ((int number, uint value) in settings.Counters)
        {
            counters[number] = value;
        }

        return new FactoryFields(
            (FactoryBoardType)(counters.GetValueOrDefault(OneWayCounter.BoardType) % 3),
            counters.GetValueOrDefault(OneWayCounter.BootWait) % 2 == 1,
            counters.GetValueOrDefault(OneWayCounter.DeveloperMode) != 0,
            counters.ToDictionary(counter => counter.Key.ToString(CultureInfo.InvariantCulture), counter => counter.Value));
    }

    /// <exception cref="ProblemException">They are no settings.</exception>
    public FactorySettings ToSettings()
    {
        Dictionary<int, uint> settings = [];
        Name(settings, OneWayCounter.BoardType, (uint?)BoardType);
        Name(settings, OneWayCounter.BootWait, Flag(BootWait));
        Name(settings, OneWayCounter.DeveloperMode, Flag(DeveloperMode));
        foreach ((string key, uint value) in Counters ?? new Dictionary<string, uint>())
        {
            if (!byte.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
                || number.ToString(CultureInfo.InvariantCulture) != key)
            {
                throw Problem.Validation(Field, $"There is no one-way counter '{key}'.", "They are \"0\" to \"255\".");
            }

            if (!settings.TryAdd(number, value) && settings[number] != value)
            {
                throw Problem.Validation(
                    Field, $"Counter {number} is set twice, by its name and by its number.", "Leave one of them out.");
            }
        }

        return new FactorySettings(settings);
    }

    private static uint? Flag(bool? value) => value is { } set ? (set ? 1u : 0) : null;

    private static void Name(Dictionary<int, uint> settings, int number, uint? value)
    {
        if (value is { } set)
        {
            settings.Add(number, set);
        }
    }
}

/// <summary>What boot code takes the board for; the numbers are those of the counter.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FactoryBoardType>))]
internal enum FactoryBoardType : uint
{
    [JsonStringEnumMemberName("dabao")]
    Dabao = 0,

    [JsonStringEnumMemberName("baosec")]
    Baosec = 1,

    [JsonStringEnumMemberName("oem")]
    Oem = 2,
}
