using System.Security.Cryptography;
using System.Text;

namespace PSKube.Config;

/// <summary>What a context of a kubeconfig from elsewhere would do on this machine: programs that it starts, files that it reads outside its own folder.</summary>
/// <param name="Kubeconfig">The file.</param>
/// <param name="Server">Whom the answers of the programs and what stands in the files would be shown to.</param>
/// <param name="Deeds">One line each, for people.</param>
/// <param name="Files">The files, without links.</param>
internal sealed record ForeignReach(string Kubeconfig, string Server, IReadOnlyList<string> Deeds, IReadOnlyList<string> Files)
{
    /// <summary>The same for the same deeds towards the same server, whatever else changes in the file.</summary>
    public string Key { get; } = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [Kubeconfig, Server, .. Deeds, "", .. Files]))));

    /// <summary>What it would do, in one text.</summary>
    public string Text => $"The kubeconfig {Kubeconfig} is not in a place of your own, and would do this on your machine for {Server}:{string.Join("", Deeds.Select(static deed => $"{Environment.NewLine}- {deed}"))}";
}
