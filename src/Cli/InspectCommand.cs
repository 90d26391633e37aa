// `xouscloud inspect`: what firmware files are and what they would write, before anything runs.

using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Cli;

internal sealed class InspectCommand
{
    private readonly Argument<string[]> files = SharedOptions.Files();
    private readonly Option<string?> entry = SharedOptions.Entry();
    private readonly Option<bool> json = new("--json") { Description = "As JSON, the same report that the API gives." };

    public Command Create(Streams streams)
    {
        Command command = new("inspect", "Say what firmware files are and what they would write.") { files, json, entry };
        command.SetAction(parsed =>
        {
            PreflightReport report = SharedOptions.Import(parsed, files, entry).Report;
            streams.WriteOutput(parsed.GetValue(json)
                ? JsonSerializer.Serialize(report, ReportJson.Default.PreflightReport) + "\n"
                : Text(report));
            return (int)ExitCode.Met;
        });
        return command;
    }

    private static string Text(PreflightReport report)
    {
        StringBuilder text = new();
        foreach (PreflightFile file in report.Files)
        {
            string pieces = file.Format switch
            {
                FirmwareFormat.Uf2 => $"UF2, {file.Blocks} blocks",
                FirmwareFormat.Elf => $"ELF, {file.Blocks} segments",
                _ => "raw binary",
            };
            text.Append($"{file.Name}: {pieces}, {file.Size} bytes\n");
        }

        foreach (PreflightWrite write in report.Writes)
        {
            text.Append($"writes {Numbers.Hex(write.Address)} to {Numbers.Hex(write.Address + write.Length - 1)}, ");
            text.Append($"{write.Length} bytes, {write.Memory}: {write.Region} ({write.File})\n");
        }

        if (report.WritesLeftOut > 0)
        {
            text.Append($"writes {report.WritesLeftOut} more ranges\n");
        }

        foreach (SignatureHeader header in report.Headers)
        {
            text.Append($"header at {Numbers.Hex(header.Address)}, {header.Place}: {header.FunctionName} ");
            text.Append($"(function {header.Function}), anti-rollback {header.AntiRollback}, ");
            text.Append(header.Semver is null ? "" : $"version {header.Semver}, ");
            text.Append($"{header.SignedLength} bytes signed, {header.SignatureForm}, {Signature(header)}\n");
        }

        text.Append($"board {report.Board ?? "any"}: {report.BoardReason}\n");
        text.Append($"entry {Numbers.Hex(report.Entry)}: {report.EntryReason}\n");
        text.Append($"symbols {report.Symbols}\n");
        text.Append($"digest {report.Digest}\n");
        foreach (PreflightWarning warning in report.Warnings)
        {
            text.Append($"warning {warning.Code}: {warning.Message}\n");
        }

        return text.ToString();
    }

    private static string Signature(SignatureHeader header) => header.SignatureCheck switch
    {
        SignatureCheck.Valid => $"signature valid: key {header.SignedBy}",
        SignatureCheck.OtherKey => $"signature of key {header.SignedBy}, which {header.CheckedBy} does not accept",
        SignatureCheck.Invalid => "signature invalid",
        _ => "no signature",
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(PreflightReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
