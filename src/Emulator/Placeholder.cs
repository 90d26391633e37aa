namespace XousCloud.Emulator; internal static class Placeholder;
