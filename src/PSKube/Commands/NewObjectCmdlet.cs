using System.Collections;
using System.ComponentModel;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands;

/// <summary>A cmdlet that makes objects: on the cluster, or with -DryRun Client only here.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class NewObjectCmdlet : ChangeCmdlet
{
    private protected NewObjectCmdlet()
    {
    }

    /// <summary>Labels: a hashtable, or <c>'a=1,b=2'</c>.</summary>
    [Parameter]
    [Alias("Labels")]
    [KeyValueTransformation(commas: true)]
    public IDictionary? Label { get; set; }

    /// <summary>Annotations: a hashtable, or texts such as <c>'a=1'</c>.</summary>
    [Parameter]
    [Alias("Annotations")]
    [KeyValueTransformation(commas: false)]
    public IDictionary? Annotation { get; set; }

    /// <summary>The metadata that the parameters give, checked.</summary>
    private protected V1ObjectMeta Metadata(string name, string? ns)
    {
        IReadOnlyList<KeyValuePair<string, string>>? labels = KeyValueTransformationAttribute.Pairs(Label);
        NameRules.CheckLabels(labels ?? []);
        if (ns is not null) NameRules.CheckLabel(ns, "namespace");
        return new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = ns,
            Labels = PodTemplateBuilder.Map(labels),
            Annotations = PodTemplateBuilder.Map(KeyValueTransformationAttribute.Pairs(Annotation)),
        };
    }

    /// <summary>Creates an object, or builds it only; emits it.</summary>
    private protected void CreateObject(IKubernetesObject model, ResourceKind kind, KubeClient? origin = null) => Create(ResourceJson.ToJsonObject(model), kind, wait: null, origin);

    /// <summary>Creates an object, or builds it only; emits it, once it is ready when that is asked.</summary>
    /// <param name="json">The object.</param>
    /// <param name="kind">Its kind as we know it; the server's own version of it is used.</param>
    /// <param name="wait">How long to wait until it is ready; null not to wait.</param>
    /// <param name="origin">The cluster that the object belongs to; null for the command's own.</param>
    private protected void Create(JsonObject json, ResourceKind kind, TimeSpan? wait, KubeClient? origin = null)
    {
        string name = json["metadata"]?["name"]?.ToString() ?? "";
        string? known = kind.Namespaced ? Namespace ?? json["metadata"]?["namespace"]?.ToString() : null;
        if (DryRun == DryRun.Client)
        {
            if (ShouldProcess(new KubeReference(kind.Kind, known, name).ToString(), "Build")) WriteObject(Decode(json));
            return;
        }

        // -WhatIf must not need a cluster either: nothing is opened before the user has agreed.
        if (!ShouldProcess(new KubeReference(kind.Kind, kind.Namespaced ? known ?? origin?.DefaultNamespace ?? LikelyNamespace() : null, name).ToString(), "Create")) return;
        KubeClient client = origin ?? Client;
        ResourceKind served = Await(cancel => client.ServedAsync(kind, cancel));
        // An older server takes the same fields under its own version.
        if (BuiltInKinds.IsVersioned(kind) && kind == BuiltInKinds.CronJob) json["apiVersion"] = served.ApiVersion;
        else if (BuiltInKinds.IsVersioned(kind)) served = Await(cancel => client.FindKindAsync(json["apiVersion"]!.ToString(), kind.Kind, cancel));
        string? ns = kind.Namespaced ? known ?? client.DefaultNamespace : null;
        Await(cancel => client.RefuseSidecarAsync(served, ns, name, json, cancel));
        object created = Await(cancel => client.CreateAsync(served, ns, json, ChangeOptions, cancel));
        if (wait is { } timeout && DryRun == DryRun.None) WaitForAll([new PendingObject(client, served, ns, name)], timeout, (_, seen) => Readiness.StillPending(seen), (_, seen) => WriteObject(seen));
        else WriteObject(created);
    }

    private static object Decode(JsonObject json)
    {
        try
        {
            return ResourceJson.Decode(json);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw PodTemplateBuilder.Invalid($"The overrides do not fit the object{(failure is JsonException { Path: { } path } ? $" at {path}" : "")}.");
        }
    }
}

/// <summary>A cmdlet that makes objects with a name that has to be given.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class NewNamedCmdlet : NewObjectCmdlet
{
    private protected NewNamedCmdlet()
    {
    }

    /// <summary>The name: lower-case letters, digits, '-' and '.'.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public virtual string Name { get; set; } = "";
}
