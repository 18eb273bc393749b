using System.Collections;
using k8s.Models;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands;

/// <summary>Reads what the cmdlets that make containers have in common.</summary>
internal static class ContainerParameters
{
    public static V1Container Build(string name, string image, string[] command, string[] arguments, IDictionary? env, string[] ports, IDictionary? mounts) =>
        Build(new PodTemplateArgs { Name = name, Images = [image], Command = command, Arguments = arguments, Env = KeyValueTransformationAttribute.Pairs(env) ?? [] }, ports, mounts, null, restartAlways: false);

    public static V1Container Build(PodTemplateArgs args, string[] ports, IDictionary? mounts, string? workingDirectory, bool restartAlways) =>
        ContainerBuilder.Build(args, new ContainerBuilder.ContainerArgs(ports, KeyValueTransformationAttribute.Pairs(mounts) ?? [], workingDirectory, restartAlways));
}
