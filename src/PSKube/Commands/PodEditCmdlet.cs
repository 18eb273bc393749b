using System.ComponentModel;
using System.Management.Automation;
using System.Text.Json.Nodes;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands;

/// <summary>
/// A cmdlet that changes what pods are: a pod, or any workload that makes them. An object that is on no cluster is emitted as a
/// changed copy; one that is on a cluster is patched there.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class PodEditCmdlet : ChangeTargetCmdlet
{
    private const int MaxConflicts = 10;

    private protected PodEditCmdlet()
    {
    }

    /// <summary>Change only the object in hand, even when it came from a cluster, and emit the copy; no cluster is asked.</summary>
    [Parameter(ParameterSetName = "InputObject")]
    public SwitchParameter Local { get; set; }

    /// <summary>Wait until the change is rolled out.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait in all; five minutes when not given. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The change, from the parameters; they are checked by making it.</summary>
    private protected abstract PodEdit Edit();

    /// <summary>What is done, for a person who has to agree.</summary>
    private protected abstract string Intent { get; }

    private protected override TimeSpan Patience => Timeout;

    private protected override void Process()
    {
        if (InputObject is null || InputObject.BaseObject is string || !ResourceHeader.TryRead(InputObject, out ResourceHeader? header) || header.ApiVersion.Length == 0)
        {
            if (Local) throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, "-Local changes an object in hand; a name is none.") { Target = InputObject?.ToString() };
            base.Process();
        }
        else if (Local || (header.Uid is null && header.ResourceVersion is null))
        {
            WriteObject(Changed(InputObject, header));
        }
        else
        {
            base.Process();
        }
    }

    private protected override void Act(NamedObject one)
    {
        PodEdit edit = Edit();
        IReadOnlyList<string> path = PodPatch.PathOf(one.Kind.Group, one.Kind.Kind, one.Reference);
        if (!ShouldProcess(one.Reference.ToString(), Intent)) return;
        object changed = Change(one, path, edit);
        if (Wait && DryRun == DryRun.None) EmitWhenReady(one);
        else WriteObject(changed);
    }

    private object Changed(PSObject input, ResourceHeader header)
    {
        IReadOnlyList<string> path = PodPatch.PathOf(header.Group, header.Kind, header.Reference);
        JsonObject json = ResourceJson.ToJsonObject(input);
        // A model object that a script made need not say what it is.
        json["apiVersion"] = header.ApiVersion;
        json["kind"] = header.Kind;
        object changed = ResourceJson.Decode(PodPatch.Apply(json, path, Edit()));
        if (ResourceOrigin.Of(input) is { } origin) ResourceOrigin.Set(changed, origin);
        return changed;
    }

    private object Change(NamedObject one, IReadOnlyList<string> path, PodEdit edit)
    {
        for (int attempt = 1; ; attempt++)
        {
            JsonObject now = Await(cancel => one.Client.GetJsonAsync(one.Kind, one.Namespace, one.Name, null, cancel));
            JsonObject patch = PodPatch.For(now, path, edit);
            Await(cancel => one.Client.RefuseSidecarAsync(one.Kind, one.Namespace, one.Name, patch, cancel));
            // Worked out on what was just read, the patch holds for that version only.
            patch["metadata"] = new JsonObject { ["resourceVersion"] = now["metadata"]?["resourceVersion"]?.DeepClone() };
            try
            {
                return Patch(one, PatchTypes.Strategic, patch);
            }
            catch (KubeApiException conflict) when (conflict.StatusCode == 409 && attempt < MaxConflicts)
            {
                Await(cancel => Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), cancel));
            }
            catch (KubeApiException refusal) when (refusal.StatusCode == 422 && one.Kind == BuiltInKinds.Pod)
            {
                throw Fixed(refusal);
            }
        }
    }

    /// <summary>What the server says goes on with the whole specification before and after, values of variables and all.</summary>
    private static KubeApiException Fixed(KubeApiException refusal) => new(refusal.ErrorId, refusal.Category, WithoutSpec(refusal.Message))
    {
        StatusCode = refusal.StatusCode,
        Reason = refusal.Reason,
        Causes = [.. refusal.Causes.Select(WithoutSpec)],
        Verb = refusal.Verb,
        Path = refusal.Path,
        AuditId = refusal.AuditId,
        Target = refusal.Target,
        RecommendedAction = "A pod that is there takes other images and more tolerations, hardly more: change the workload that makes it, or remove the pod and create a new one.",
    };

    private static string WithoutSpec(string text)
    {
        int spec = text.IndexOf("core.PodSpec{", StringComparison.Ordinal);
        return spec < 0 ? text : text[..spec].TrimEnd();
    }
}
