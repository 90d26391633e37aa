// A unit's state is every field that can change. A field that is left out of the state says so, and why; a
// test sets every other field to an odd value and fails when one does not survive saving and loading.

namespace XousCloud.Emulator;

/// <summary>Marks a field that is not part of the state: it never changes, or is rebuilt from fields that are.</summary>
/// <param name="reason">Why the field may be left out.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class DerivedAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;
}
