using System.Runtime.InteropServices;
using System.Text;

namespace PSKube.Config;

/// <summary>Owner and rights of a file, which .NET does not tell; its own native library does.</summary>
/// <param name="Mode">Kind and rights, as stat has them.</param>
/// <param name="Owner">The user's number.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UnixFile(int Mode, uint Owner)
{
    private const int Kind = 0xF000;
    private const int Link = 0xA000;
    private const int GroupOrOthersWrite = 0x12;
    private const int NoEntry = 2;
    private const int NoFolder = 20;

    public bool IsLink => (Mode & Kind) == Link;

    public bool OthersWrite => (Mode & GroupOrOthersWrite) != 0;

    /// <summary>Looks at a file; <paramref name="seen"/> is null when it is not there. False when that cannot be told.</summary>
    public static bool TryLook(string path, bool followLinks, out UnixFile? seen)
    {
        seen = null;
        // Flags, mode, owner, group; what comes after them is not needed, and has grown over the years.
        var status = new byte[512];
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        try
        {
            if ((followLinks ? NativeMethods.Stat(name, status) : NativeMethods.LStat(name, status)) != 0) return Marshal.GetLastPInvokeError() is NoEntry or NoFolder;
            seen = new UnixFile(BitConverter.ToInt32(status, 4), BitConverter.ToUInt32(status, 8));
            return true;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static class NativeMethods
    {
        [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat", SetLastError = true)]
        public static extern int Stat(byte[] path, [Out] byte[] status);

        [DllImport("libSystem.Native", EntryPoint = "SystemNative_LStat", SetLastError = true)]
        public static extern int LStat(byte[] path, [Out] byte[] status);
    }
}
