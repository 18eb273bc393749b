using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace PSKube.Config;

/// <summary>A file that speaks for the machine: it counts only when nobody but root, or the administrators, can change it.</summary>
internal static class MachineFile
{
    /// <summary>The text; null when there is no such file. One that somebody else could have written is an error, not an absence.</summary>
    public static string? Read(string path) => OperatingSystem.IsWindows() ? ReadOnWindows(path) : ReadOnUnix(path, owner: 0, top: "/");

    /// <summary>See <see cref="Read"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="owner">The user who must own it and every folder above it.</param>
    /// <param name="top">The last folder above it that is looked at.</param>
    internal static string? ReadOnUnix(string path, uint owner, string top)
    {
        if (Look(path, followLinks: false) is null) return null;
        for (string? place = path; place is not null; place = place == top ? null : Path.GetDirectoryName(place))
        {
            // Folders further up may be links that the system itself has put there (/etc on macOS).
            bool near = place == path || place == Path.GetDirectoryName(path);
            UnixFile? seen = Look(place, followLinks: !near);
            if (seen is null || seen.Value.IsLink) throw Refused(path, $"{place} is a link");
            if (seen.Value.Owner != owner) throw Refused(path, $"{place} does not belong to root");
            if (seen.Value.OthersWrite) throw Refused(path, $"{place} can be written by others than root");
        }

        return KubeconfigFile.ReadText(path);

        UnixFile? Look(string place, bool followLinks) => UnixFile.TryLook(place, followLinks, out UnixFile? seen) ? seen : throw Refused(path, $"who can write {place} cannot be told");
    }

    [SupportedOSPlatform("windows")]
    private static string? ReadOnWindows(string path)
    {
        var file = new FileInfo(path);
        DirectoryInfo folder = file.Directory!;
        if (!folder.Exists || !Exists(file)) return null;
        const FileSystemRights replace = FileSystemRights.Delete | FileSystemRights.ChangePermissions | FileSystemRights.TakeOwnership;
        Demand(path, file.FullName, file, () => file.GetAccessControl(), replace | FileSystemRights.WriteData | FileSystemRights.AppendData);
        // Everybody may lay files beside it, as ProgramData grants; what must not be is putting another in its place.
        Demand(path, folder.FullName, folder, () => folder.GetAccessControl(), replace | FileSystemRights.DeleteSubdirectoriesAndFiles);
        return KubeconfigFile.ReadText(path);

        static bool Exists(FileInfo file)
        {
            try
            {
                // Unlike FileInfo.Exists this tells a file that must not be seen from one that is not there.
                _ = File.GetAttributes(file.FullName);
                return true;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw Refused(file.FullName, "it cannot be looked at");
            }
        }
    }

    [SupportedOSPlatform("windows")]
    private static void Demand(string path, string place, FileSystemInfo seen, Func<FileSystemSecurity> access, FileSystemRights forbidden)
    {
        if (seen.LinkTarget is not null) throw Refused(path, $"{place} is a link");
        FileSystemSecurity security;
        try
        {
            security = access();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SystemException)
        {
            throw Refused(path, $"who can write {place} cannot be told");
        }

        if (!IsAdministrator(security.GetOwner(typeof(SecurityIdentifier)))) throw Refused(path, $"{place} does not belong to the administrators");
        foreach (FileSystemAccessRule rule in security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)))
        {
            // An entry for what is made in the folder later says nothing about the folder itself.
            bool applies = rule.AccessControlType == AccessControlType.Allow && !rule.PropagationFlags.HasFlag(PropagationFlags.InheritOnly);
            if (applies && (rule.FileSystemRights & forbidden) != 0 && !IsAdministrator(rule.IdentityReference)) throw Refused(path, $"{place} can be changed by others than administrators");
        }
    }

    [SupportedOSPlatform("windows")]
    private static bool IsAdministrator(IdentityReference? identity)
    {
        // S-1-5-80-956008885-… is TrustedInstaller.
        return identity is SecurityIdentifier who
            && (who.IsWellKnown(WellKnownSidType.BuiltinAdministratorsSid) || who.IsWellKnown(WellKnownSidType.LocalSystemSid) || who.Value == "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
    }

    private static Errors.KubeException Refused(string path, string why) =>
        ConfigErrors.Invalid(path, $"{why}, so it may say what no administrator has said. Until that is mended no credential plugin is started", OperatingSystem.IsWindows() ? "Let only Administrators and SYSTEM write it, and make them its owner." : $"As root: chown root {path}; chmod 644 {path}, and likewise for its folder.");
}
