using System.Collections;
using System.Globalization;
using PSKube.Specs;

namespace PSKube.Commands;

/// <summary>Reads the -Data and -Path of the cmdlets that make config maps and secrets.</summary>
internal static class DataParameters
{
    public static DataEntries Read(KubeApiCmdlet cmdlet, IDictionary? data, IEnumerable<string> paths)
    {
        var entries = new DataEntries();
        foreach (DictionaryEntry entry in data ?? new Hashtable()) entries.Add(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "", entry.Value);
        foreach (string path in paths)
        {
            int equals = path.IndexOf('=', StringComparison.Ordinal);
            string? key = equals > 0 ? path[..equals] : null;
            entries.AddPath(Clusters.KubeconfigPaths.FullPath(cmdlet, key is null ? path : path[(equals + 1)..])!, key);
        }

        return entries;
    }
}
