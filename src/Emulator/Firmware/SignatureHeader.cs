// The vendor's 768-byte signature header, decoded. Facts: datasheet and boot code, signature block.

using System.Text.Json.Serialization;

namespace XousCloud.Emulator.Firmware;

/// <summary>A signature header as it stands in an image.</summary>
/// <param name="Address">Where the header stands.</param>
/// <param name="Place">The stage that boot code looks for there.</param>
/// <param name="StartsWithJump">Whether word 0 is the jump over the header that boot code enters through.</param>
/// <param name="Version">Version of the record; boot code takes 0x100.</param>
/// <param name="SignedLength">Bytes signed, counted from the version field (offset 0x84).</param>
/// <param name="SignedBytesPresent">Whether the image holds all signed bytes.</param>
/// <param name="Function">Function code.</param>
/// <param name="FunctionName">What the code means, such as "baremetal".</param>
/// <param name="AntiRollback">The version that one-way counters are raised to on a successful check.</param>
/// <param name="MinimumSemver">The oldest version that may take this as an update, or null when none is given.</param>
/// <param name="Semver">The version it was built as, or null when none is given.</param>
/// <param name="SignatureForm">"ed25519ph", or "ed25519-fido2" when authenticator data is present.</param>
/// <param name="AuthenticatorDataLength">Bytes of authenticator data claimed; at most 60 fit.</param>
/// <param name="SignatureCheck">What the signature is worth to the stage that checks it.</param>
/// <param name="SignedBy">The tag of the key that made the signature, or null where no key that is known did.</param>
/// <param name="CheckedBy">The stage that checks this one: "boot0", "boot1" or "loader".</param>
/// <param name="NextStageKeys">The keys this stage accepts on the next stage; they say nothing of who signed this one.</param>
/// <param name="ToolchainHash">Hex, or null when empty.</param>
public sealed record SignatureHeader(
    uint Address,
    string Place,
    bool StartsWithJump,
    uint Version,
    uint SignedLength,
    bool SignedBytesPresent,
    uint Function,
    string FunctionName,
    uint AntiRollback,
    string? MinimumSemver,
    string? Semver,
    string SignatureForm,
    uint AuthenticatorDataLength,
    SignatureCheck SignatureCheck,
    string? SignedBy,
    string CheckedBy,
    IReadOnlyList<SignatureKey> NextStageKeys,
    string? ToolchainHash);

/// <summary>A public key in a signature header.</summary>
/// <param name="Slot">0–3, the order of checking.</param>
/// <param name="Tag">Four characters, such as "bao1" or "dev".</param>
/// <param name="Key">Hex.</param>
/// <param name="Published">Whether it is the vendor's published key of that tag.</param>
public sealed record SignatureKey(int Slot, string Tag, string Key, bool Published);

/// <summary>What a signature is worth to the stage that checks it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignatureCheck>))]
public enum SignatureCheck
{
    /// <summary>Made with a key that the checking stage accepts.</summary>
    [JsonStringEnumMemberName("valid")]
    Valid,

    /// <summary>Made with a key of the vendor's that the checking stage does not accept.</summary>
    [JsonStringEnumMemberName("otherKey")]
    OtherKey,

    /// <summary>Made with no key that is known, or the content was changed since.</summary>
    [JsonStringEnumMemberName("invalid")]
    Invalid,

    /// <summary>There is none: all its bytes are 0.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
