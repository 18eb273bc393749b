using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Output.Describe;

/// <summary>Volumes: each kind of source with kubectl's words for it.</summary>
internal static class VolumeText
{
    /// <summary>
    /// The sources that are a few fields: kubectl's words and, field for field, its label and ours. Behind the name, <c>?</c> is
    /// a flag and <c>#</c> a number (missing ones are false and 0), <c>*</c> a list.
    /// </summary>
    private static readonly Dictionary<string, (string Type, string Fields)> Sources = new(StringComparer.Ordinal)
    {
        ["gcePersistentDisk"] = ("GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)", "PDName=pdName;FSType=fsType;Partition=partition#;ReadOnly=readOnly?"),
        ["awsElasticBlockStore"] = ("AWSElasticBlockStore (a Persistent Disk resource in AWS)", "VolumeID=volumeID;FSType=fsType;Partition=partition#;ReadOnly=readOnly?"),
        ["gitRepo"] = ("GitRepo (a volume that is pulled from git when the pod is created)", "Repository=repository;Revision=revision"),
        ["secret"] = ("Secret (a volume populated by a Secret)", "SecretName=secretName;Optional=optional?"),
        ["configMap"] = ("ConfigMap (a volume populated by a ConfigMap)", "Name=name;Optional=optional?"),
        ["nfs"] = ("NFS (an NFS mount that lasts the lifetime of a pod)", "Server=server;Path=path;ReadOnly=readOnly?"),
        ["iscsi"] = ("ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)", "TargetPortal=targetPortal;IQN=iqn;Lun=lun#;ISCSIInterface=iscsiInterface;FSType=fsType;ReadOnly=readOnly?;Portals=portals*;DiscoveryCHAPAuth=chapAuthDiscovery?;SessionCHAPAuth=chapAuthSession?;SecretRef=secretRef.name;InitiatorName=initiatorName"),
        ["glusterfs"] = ("Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)", "EndpointsName=endpoints;Path=path;ReadOnly=readOnly?"),
        ["persistentVolumeClaim"] = ("PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)", "ClaimName=claimName;ReadOnly=readOnly?"),
        ["rbd"] = ("RBD (a Rados Block Device mount on the host that shares a pod's lifetime)", "CephMonitors=monitors*;RBDImage=image;FSType=fsType;RBDPool=pool;RadosUser=user;Keyring=keyring;SecretRef=secretRef.name;ReadOnly=readOnly?"),
        ["quobyte"] = ("Quobyte (a Quobyte mount on the host that shares a pod's lifetime)", "Registry=registry;Volume=volume;ReadOnly=readOnly?"),
        ["azureDisk"] = ("AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)", "DiskName=diskName;DiskURI=diskURI;Kind=kind;FSType=fsType;CachingMode=cachingMode;ReadOnly=readOnly?"),
        ["vsphereVolume"] = ("vSphereVolume (a Persistent Disk resource in vSphere)", "VolumePath=volumePath;FSType=fsType;StoragePolicyName=storagePolicyName"),
        ["cinder"] = ("Cinder (a Persistent Disk resource in OpenStack)", "VolumeID=volumeID;FSType=fsType;ReadOnly=readOnly?;SecretRef=secretRef.name"),
        ["photonPersistentDisk"] = ("PhotonPersistentDisk (a Persistent Disk resource in photon platform)", "PdID=pdID;FSType=fsType"),
        ["portworxVolume"] = ("PortworxVolume (a Portworx Volume resource)", "VolumeID=volumeID"),
        ["scaleIO"] = ("ScaleIO (a persistent volume backed by a block device in ScaleIO)", "Gateway=gateway;System=system;Protection Domain=protectionDomain;Storage Pool=storagePool;Storage Mode=storageMode;VolumeName=volumeName;FSType=fsType;ReadOnly=readOnly?"),
        ["cephfs"] = ("CephFS (a CephFS mount on the host that shares a pod's lifetime)", "Monitors=monitors*;Path=path;User=user;SecretFile=secretFile;SecretRef=secretRef.name;ReadOnly=readOnly?"),
        ["storageos"] = ("StorageOS (a StorageOS Persistent Disk resource)", "VolumeName=volumeName;VolumeNamespace=volumeNamespace;FSType=fsType;ReadOnly=readOnly?"),
        ["fc"] = ("FC (a Fibre Channel disk)", "TargetWWNs=targetWWNs*;LUN=lun#;FSType=fsType;ReadOnly=readOnly?"),
        ["azureFile"] = ("AzureFile (an Azure File Service mount on the host and bind mount to the pod)", "SecretName=secretName;ShareName=shareName;ReadOnly=readOnly?"),
        ["flexVolume"] = ("FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)", "Driver=driver;FSType=fsType;SecretRef=secretRef.name;ReadOnly=readOnly?"),
        ["flocker"] = ("Flocker (a Flocker volume mounted by the Flocker agent)", "DatasetName=datasetName;DatasetUUID=datasetUUID"),
        ["local"] = ("LocalVolume (a persistent volume backed by local storage on a node)", "Path=path"),
        ["image"] = ("Image (a container image or OCI artifact)", "Reference=reference;PullPolicy=pullPolicy"),
    };

    /// <summary>Writes a pod's or a template's volumes.</summary>
    public static void Write(DescriptionWriter writer, IList<V1Volume>? volumes, bool template)
    {
        if (volumes is not { Count: > 0 })
        {
            writer.Field("Volumes", DescriptionWriter.None);
            return;
        }

        using IDisposable section = writer.Open("Volumes", step: template ? 0 : 2);
        foreach (V1Volume volume in volumes)
        {
            using IDisposable one = writer.Open(volume.Name ?? "", shift: template ? 1 : 0);
            Source(writer, volume);
        }
    }

    /// <summary>Writes where a volume comes from.</summary>
    public static void Source(DescriptionWriter writer, object volume)
    {
        (string key, JsonObject? source) = ResourceJson.ToJsonObject(volume).Where(field => field.Value is JsonObject && (Sources.ContainsKey(field.Key) || field.Key is "hostPath" or "emptyDir" or "projected" or "downwardAPI" or "ephemeral" or "csi")).Select(field => (field.Key, field.Value as JsonObject)).FirstOrDefault();
        switch (volume)
        {
            case V1Volume { EmptyDir: { } directory }:
                writer.Field("Type", "EmptyDir (a temporary directory that shares a pod's lifetime)");
                writer.Field("Medium", directory.Medium);
                writer.Field("SizeLimit", directory.SizeLimit?.ToDecimal() > 0 ? Words.Amount(directory.SizeLimit) : "<unset>");
                return;
            case V1Volume { Projected: { } projected }:
                Projected(writer, projected);
                return;
            case V1Volume { DownwardAPI: { } downward }:
                writer.Field("Type", "DownwardAPI (a volume populated by information about the pod)");
                using (writer.Open("Items"))
                {
                    foreach (V1DownwardAPIVolumeFile file in downward.Items ?? []) writer.Entry($"{file.FieldRef?.FieldPath ?? file.ResourceFieldRef?.Resource} -> {file.Path}");
                }

                return;
            case V1Volume { Ephemeral: { } ephemeral }:
                writer.Field("Type", "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)");
                if (ephemeral.VolumeClaimTemplate is { } template) ClaimText.Body(writer, new V1PersistentVolumeClaim { Metadata = template.Metadata, Spec = template.Spec }, null);
                return;
        }

        if (source is null) writer.Entry("<unknown>");
        else if (key == "hostPath") Fields(writer, source, "HostPath (bare host directory volume)", source.ContainsKey("type") ? "Path=path;HostPathType=type" : "Path=path;HostPathType=-");
        else if (key == "csi") Csi(writer, source);
        else Fields(writer, source, Sources[key].Type, Sources[key].Fields);
    }

    private static void Fields(DescriptionWriter writer, JsonObject source, string type, string fields)
    {
        writer.Field("Type", type);
        foreach (string field in fields.Split(';'))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            writer.Field(field[..equals], Value(source, field[(equals + 1)..]));
        }
    }

    private static string Value(JsonObject source, string path)
    {
        if (path == "-") return DescriptionWriter.None;
        char form = path[^1];
        JsonNode? value = source;
        foreach (string step in path.TrimEnd('?', '#', '*').Split('.')) value = (value as JsonObject)?[step];
        return form switch
        {
            '?' => value?.ToString() == "true" ? "true" : "false",
            '#' => value?.ToString() ?? "0",
            '*' => Words.List((value as JsonArray)?.Select(item => item?.ToString() ?? "")),
            _ => value?.ToString() ?? "",
        };
    }

    private static void Projected(DescriptionWriter writer, V1ProjectedVolumeSource projected)
    {
        writer.Field("Type", "Projected (a volume that contains injected data from multiple sources)");
        foreach (V1VolumeProjection source in projected.Sources ?? [])
        {
            if (source.Secret is { } secret)
            {
                writer.Field("SecretName", secret.Name);
                writer.Field("SecretOptionalName", secret.Optional is null ? "<nil>" : Words.Lower(secret.Optional));
            }
            else if (source.DownwardAPI is not null)
            {
                writer.Field("DownwardAPI", "true");
            }
            else if (source.ConfigMap is { } map)
            {
                writer.Field("ConfigMapName", map.Name);
                writer.Field("ConfigMapOptional", map.Optional is null ? "<nil>" : Words.Lower(map.Optional));
            }
            else if (source.ServiceAccountToken is { } token)
            {
                writer.Field("TokenExpirationSeconds", Words.Number(token.ExpirationSeconds ?? 3600));
            }
        }
    }

    private static void Csi(DescriptionWriter writer, JsonObject source)
    {
        bool persistent = source.ContainsKey("volumeHandle");
        Fields(writer, source, "CSI (a Container Storage Interface (CSI) volume source)", persistent ? "Driver=driver;FSType=fsType;VolumeHandle=volumeHandle;ReadOnly=readOnly?" : "Driver=driver;FSType=fsType;ReadOnly=readOnly?");
        var attributes = (source["volumeAttributes"] as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? "", StringComparer.Ordinal);
        writer.Values("VolumeAttributes", Words.Sorted(attributes).Select(pair => Words.Shorten($"{pair.Key}={pair.Value}", 140)));
    }
}
