// Entry of `xouscloud`. Standard output carries the guest's bytes as they are, so it is used as a stream only.

using System.Text;
using XousCloud.Cli;

using Stream output = Console.OpenStandardOutput();
using StreamWriter error = new(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
return (int)CommandLine.Run(args, new Streams(output, error));
