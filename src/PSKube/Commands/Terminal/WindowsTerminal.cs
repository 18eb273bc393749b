using System.Runtime.InteropServices;
using System.Text;

namespace PSKube.Commands.Terminal;

/// <summary>The console of Windows, in its VT mode: keys come as the sequences that a terminal sends, output may have such sequences.</summary>
internal sealed class WindowsTerminal : RawTerminal
{
    private const int StandardInput = -10;
    private const int StandardOutput = -11;
    private const uint VirtualTerminalInput = 0x200;
    private const uint ProcessedOutput = 0x1;
    private const uint WrapAtEnd = 0x2;
    private const uint VirtualTerminalOutput = 0x4;
    private const uint NoReturnAtLineFeed = 0x8;
    private const uint Utf8 = 65001;
    private const ushort KeyEvent = 1;

    private readonly nint _input;
    private readonly nint _output;
    private readonly uint _inputBefore;
    private readonly uint _outputBefore;
    private readonly uint _codePageBefore;
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private readonly char[] _char = new char[1];

    private WindowsTerminal(nint input, nint output, uint inputBefore, uint outputBefore)
    {
        (_input, _output, _inputBefore, _outputBefore) = (input, output, inputBefore, outputBefore);
        _codePageBefore = NativeMethods.GetConsoleOutputCP();
    }

    /// <summary>Takes the console over.</summary>
    public static WindowsTerminal Take()
    {
        nint input = NativeMethods.GetStdHandle(StandardInput);
        nint output = NativeMethods.GetStdHandle(StandardOutput);
        if (!NativeMethods.GetConsoleMode(input, out uint inputBefore) || !NativeMethods.GetConsoleMode(output, out uint outputBefore)) throw Missing("the standard input or output is no console");
        var terminal = new WindowsTerminal(input, output, inputBefore, outputBefore);
        // Without ENABLE_PROCESSED_INPUT, Ctrl+C is a key like another.
        bool taken = NativeMethods.SetConsoleMode(input, VirtualTerminalInput) && NativeMethods.SetConsoleMode(output, ProcessedOutput | WrapAtEnd | VirtualTerminalOutput | NoReturnAtLineFeed) && NativeMethods.SetConsoleOutputCP(Utf8);
        if (taken) return terminal;
        terminal.Dispose();
        throw Missing("this console has no VT mode (it came with Windows 10)");
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int milliseconds)
    {
        if (NativeMethods.WaitForSingleObject(_input, (uint)milliseconds) != 0) return 0;
        int used = 0;
        // A character takes 4 bytes at most.
        while (used + 4 <= buffer.Length && NativeMethods.GetNumberOfConsoleInputEvents(_input, out uint waiting) && waiting > 0)
        {
            if (!NativeMethods.ReadConsoleInputW(_input, out NativeMethods.InputRecord record, 1, out uint read)) return -1;
            if (read == 0 || record.Type != KeyEvent || record.KeyDown == 0 || record.Character == '\0' && record.VirtualKey is not (0 or 0x20 or 0x32)) continue;
            _char[0] = record.Character;
            used += _encoder.GetBytes(_char, 0, 1, buffer, used, flush: false);
        }

        return used;
    }

    /// <inheritdoc/>
    private protected override void Restore()
    {
        NativeMethods.SetConsoleMode(_input, _inputBefore);
        NativeMethods.SetConsoleMode(_output, _outputBefore);
        NativeMethods.SetConsoleOutputCP(_codePageBefore);
    }

    private static class NativeMethods
    {
        /// <summary>INPUT_RECORD with a KEY_EVENT_RECORD in it (wincon.h).</summary>
        [StructLayout(LayoutKind.Explicit, Size = 20)]
        public struct InputRecord
        {
            [FieldOffset(0)]
            public ushort Type;

            [FieldOffset(4)]
            public int KeyDown;

            [FieldOffset(10)]
            public ushort VirtualKey;

            // A number and not a char, which marshalling would make one byte long.
            [FieldOffset(14)]
            public ushort CharacterCode;

            public readonly char Character => (char)CharacterCode;
        }

        [DllImport("kernel32", SetLastError = true)]
        public static extern nint GetStdHandle(int which);

        [DllImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        public static extern bool GetConsoleMode(nint handle, out uint mode);

        [DllImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        public static extern bool SetConsoleMode(nint handle, uint mode);

        [DllImport("kernel32")]
        public static extern uint GetConsoleOutputCP();

        [DllImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        public static extern bool SetConsoleOutputCP(uint codePage);

        [DllImport("kernel32", SetLastError = true)]
        public static extern uint WaitForSingleObject(nint handle, uint milliseconds);

        [DllImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        public static extern bool GetNumberOfConsoleInputEvents(nint handle, out uint count);

        [DllImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        public static extern bool ReadConsoleInputW(nint handle, out InputRecord record, uint length, out uint read);
    }
}
