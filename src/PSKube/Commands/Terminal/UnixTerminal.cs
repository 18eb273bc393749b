using System.Runtime.InteropServices;

namespace PSKube.Commands.Terminal;

/// <summary>The terminal of Linux and macOS. Its settings are an opaque block to us, as long as the longest of them needs, so that no layout has to be known.</summary>
internal sealed class UnixTerminal : RawTerminal
{
    private const int Input = 0;
    private const int AfterOutput = 1;
    private const short Readable = 1;

    private readonly byte[] _before;

    private UnixTerminal(byte[] before) => _before = before;

    /// <summary>Takes the terminal over.</summary>
    public static UnixTerminal Take()
    {
        var before = new byte[256];
        if (NativeMethods.tcgetattr(Input, before) != 0) throw Missing("the standard input is no terminal");
        byte[] raw = [.. before];
        NativeMethods.cfmakeraw(raw);
        var terminal = new UnixTerminal(before);
        if (NativeMethods.tcsetattr(Input, AfterOutput, raw) == 0) return terminal;
        terminal.Dispose();
        throw Missing("the terminal does not let itself be taken over");
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int milliseconds)
    {
        // Never a read that cannot end: it would take the first key of the next prompt.
        var wait = new NativeMethods.PollFd { Descriptor = Input, Events = Readable };
        if (NativeMethods.poll(ref wait, 1, milliseconds) <= 0) return 0;
        return NativeMethods.read(Input, buffer, buffer.Length) is > 0 and var count ? (int)count : -1;
    }

    /// <inheritdoc/>
    private protected override void Restore() => _ = NativeMethods.tcsetattr(Input, AfterOutput, _before);

    private static class NativeMethods
    {
        [StructLayout(LayoutKind.Sequential)]
        public struct PollFd
        {
            public int Descriptor;
            public short Events;
            public short Returned;
        }

        [DllImport("libc", SetLastError = true)]
        public static extern int tcgetattr(int descriptor, [Out] byte[] settings);

        [DllImport("libc", SetLastError = true)]
        public static extern int tcsetattr(int descriptor, int when, byte[] settings);

        [DllImport("libc")]
        public static extern void cfmakeraw([In, Out] byte[] settings);

        [DllImport("libc", SetLastError = true)]
        public static extern int poll(ref PollFd descriptors, nuint count, int milliseconds);

        [DllImport("libc", SetLastError = true)]
        public static extern nint read(int descriptor, [Out] byte[] buffer, nint count);
    }
}
