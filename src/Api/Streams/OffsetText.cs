using System.Text.Json;
using System.Text.Json.Serialization;
using XousCloud.Api.Console;
using XousCloud.Api.Problems;

namespace XousCloud.Api.Streams;

/// <summary>An offset in JSON: a string of digits; a plain number is understood too.</summary>
[JsonConverter(typeof(Json))]
internal readonly record struct OffsetText(ulong Value)
{
    private sealed class Json : JsonConverter<OffsetText>
    {
        public override OffsetText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return new OffsetText(reader.TokenType == JsonTokenType.Number
                    ? reader.GetUInt64()
                    : ConsoleRoutes.ReadOffset(reader.GetString()));
            }
            catch (Exception exception) when (exception is ProblemException or FormatException or InvalidOperationException)
            {
                throw new JsonException("An offset is a decimal number.");
            }
        }

        public override void Write(Utf8JsonWriter writer, OffsetText value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value.ToString());
    }
}
