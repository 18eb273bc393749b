using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Text;
using PSKube.Errors;

namespace PSKube.Specs;

/// <summary>The entries of a ConfigMap or a Secret: values and files, by the rules of <c>kubectl create configmap</c> (<c>create_configmap.go</c>).</summary>
internal sealed class DataEntries
{
    /// <summary>The server's limit for all values together (<c>MaxSecretSize</c>).</summary>
    private const int MaxBytes = 1024 * 1024;

    private readonly SortedDictionary<string, byte[]> _entries = new(StringComparer.Ordinal);
    private long _total;

    /// <summary>The entries, by key.</summary>
    public IReadOnlyDictionary<string, byte[]> All => _entries;

    /// <summary>Adds a value: text, a SecureString, bytes, or anything with a text of its own.</summary>
    public void Add(string key, object? value)
    {
        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        Add(key, inner switch
        {
            null => [],
            byte[] bytes => bytes,
            SecureString secret => Encoding.UTF8.GetBytes(new NetworkCredential("", secret).Password),
            string text => Encoding.UTF8.GetBytes(text),
            bool flag => Encoding.UTF8.GetBytes(flag ? "true" : "false"),
            IFormattable other => Encoding.UTF8.GetBytes(other.ToString(null, CultureInfo.InvariantCulture)),
            // The value itself is not shown: it may be a secret.
            _ => throw PodTemplateBuilder.Invalid($"The value of '{key}' is a {inner.GetType().Name}; texts, SecureStrings and bytes are taken."),
        });
    }

    /// <summary>Adds a file under its name, or every file of a folder.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="key">The key, or null for the file's name.</param>
    public void AddPath(string path, string? key)
    {
        if (Directory.Exists(path))
        {
            if (key is not null) throw PodTemplateBuilder.Invalid($"'{path}' is a folder: its files have their own names as keys.");
            // As kubectl: files whose names are no keys are left out, folders too.
            foreach (string file in Directory.EnumerateFiles(path).Where(file => IsKey(Path.GetFileName(file))).Order(StringComparer.Ordinal)) Add(Path.GetFileName(file), Read(file));
            return;
        }

        Add(key ?? Path.GetFileName(path), Read(path));
    }

    private void Add(string key, byte[] value)
    {
        if (!IsKey(key)) throw NameRules.InvalidName(key, "key", "letters, digits, '-', '_' and '.', at most 253 characters");
        if (!_entries.TryAdd(key, value)) throw PodTemplateBuilder.Invalid($"The key '{key}' is given twice.");
        _total += value.LongLength;
        if (_total > MaxBytes) throw PodTemplateBuilder.Invalid("The values are more than 1 MiB together, which no server takes.");
    }

    private static byte[] Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes) throw PodTemplateBuilder.Invalid($"'{path}' is larger than 1 MiB, which no server takes.");
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KubeException("KubeFileUnreadable", ErrorCategory.ReadError, $"'{path}' cannot be read: {failure.Message}") { Target = path };
        }
    }

    private static bool IsKey(string text) => text.Length is > 0 and <= 253 && text is not "." and not ".." && !text.StartsWith("..", StringComparison.Ordinal) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
