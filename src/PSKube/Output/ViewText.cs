using System.Globalization;
using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Resources;

namespace PSKube.Output;

/// <summary>
/// The cells of <c>PSKube.Format.ps1xml</c> that are text for people only. They read the members, so that objects from jobs and
/// other machines show the same. The file gets at them through <see cref="ViewCells"/>.
/// </summary>
internal static class ViewText
{
    private const int ExternalAddressWidth = 16;

    /// <summary>A member's text, control characters shown and not obeyed; <c>&lt;none&gt;</c> for nothing.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public static string Cell(PSObject target, string member)
    {
        object? value = Member(target, member);
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.Length == 0 ? "<none>" : ServerErrors.Escape(text);
    }

    /// <summary>As <see cref="Cell"/>, but nothing for nothing.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public static string Blank(PSObject target, string member) => ServerErrors.Escape(Convert.ToString(Member(target, member), CultureInfo.InvariantCulture) ?? "");

    /// <summary>As <see cref="Cell"/>, but <c>&lt;unset&gt;</c> for nothing.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public static string Unset(PSObject target, string member) => Blank(target, member) is { Length: > 0 } text ? text : "<unset>";

    /// <summary>kubectl's AGE.</summary>
    /// <param name="target">The object.</param>
    public static string Age(PSObject target) => Duration.Text(Member(target, "Age") as TimeSpan?);

    /// <summary>kubectl's RESTARTS.</summary>
    /// <param name="target">The pod.</param>
    public static string Restarts(PSObject target)
    {
        TimeSpan? since = Duration.Since(Member(target, "LastRestart") as DateTime?);
        return PodPrinter.RestartsText(Member(target, "Restarts") as int? ?? 0, since);
    }

    /// <summary>kubectl's EXTERNAL-IP: a load balancer's is cut to 16 characters unless wide.</summary>
    /// <param name="target">The service.</param>
    public static string ExternalAddress(PSObject target)
    {
        string text = Cell(target, "ExternalIP");
        bool cut = Member(target, "Type") as string == "LoadBalancer" && text.Length > ExternalAddressWidth;
        return cut ? text[..(ExternalAddressWidth - 3)] + "..." : text;
    }

    /// <summary>The time since the moment that a member holds, in kubectl's words.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public static string Since(PSObject target, string member) => Duration.Text(Duration.Since(Member(target, member) as DateTime?));

    /// <summary>A text of several lines on one.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public static string OneLine(PSObject target, string member) => Blank(target, member).Trim().ReplaceLineEndings(" ");

    /// <summary>An ingress's address, cut to 16 characters as kubectl's plain table does.</summary>
    /// <param name="target">The ingress.</param>
    public static string IngressAddress(PSObject target)
    {
        string text = Blank(target, "Address");
        return text.Length > ExternalAddressWidth ? text[..(ExternalAddressWidth - 3)] + "..." : text;
    }

    /// <summary>A storage class's name, the default one marked.</summary>
    /// <param name="target">The storage class.</param>
    public static string StorageClassName(PSObject target)
    {
        string name = Cell(target, "Name");
        bool isDefault = target?.BaseObject is V1StorageClass { Metadata.Annotations: { } annotations } && annotations.TryGetValue("storageclass.kubernetes.io/is-default-class", out string? value) && value == "true";
        return isDefault ? name + " (default)" : name;
    }

    /// <summary>Whether volumes of a storage class can grow; false when it does not say.</summary>
    /// <param name="target">The storage class.</param>
    public static string VolumeExpansion(PSObject target) => Member(target, "AllowVolumeExpansion") is true ? "true" : "false";

    /// <summary>The name with its kind, as <c>kubectl get all</c> prints it: <c>deployment.apps/web</c>.</summary>
    /// <param name="target">The object.</param>
    public static string QualifiedName(PSObject target)
    {
        string name = Cell(target, "Name");
        if (!ResourceHeader.TryRead(target, out ResourceHeader? header)) return name;
        string kind = header.Kind.ToLowerInvariant();
        return ServerErrors.Escape(header.Group.Length == 0 ? $"{kind}/{name}" : $"{kind}.{header.Group}/{name}");
    }

    /// <summary>An object's row in the tables of <c>Get-KubeWorkload</c>.</summary>
    /// <param name="target">The object.</param>
    public static string Workload(PSObject target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return WorkloadTable.Text(target);
    }

    /// <summary>A time of day.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public static string Clock(PSObject target, string member) => Member(target, member) is DateTime time ? time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture) : "";

    /// <summary>The state of the object that a watch event is about, or how many of its pods are ready.</summary>
    /// <param name="target">The event.</param>
    public static string StateOf(PSObject target)
    {
        if (target?.Properties["Object"]?.Value is not { } value) return "";
        PSObject subject = PSObject.AsPSObject(value);
        string state = Blank(subject, "State");
        string ready = Blank(subject, "Ready");
        return string.Join(' ', new[] { ready, state }.Where(text => text.Length > 0));
    }

    /// <summary>The first of several texts, and how many more there are.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public static string First(PSObject target, string member)
    {
        string[] texts = Texts(target, member);
        return texts.Length switch
        {
            0 => "",
            1 => ServerErrors.Escape(texts[0]),
            _ => string.Create(CultureInfo.InvariantCulture, $"{ServerErrors.Escape(texts[0])} (+ {texts.Length - 1} more)"),
        };
    }

    /// <summary>The first two of several texts, and how many more there are.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public static string FirstTwo(PSObject target, string member)
    {
        string[] texts = Texts(target, member);
        string more = texts.Length > 2 ? string.Create(CultureInfo.InvariantCulture, $" (+ {texts.Length - 2} more)") : "";
        return ServerErrors.Escape(string.Join("; ", texts.Take(2))) + more;
    }

    /// <summary>Several texts in one cell; nothing for none.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public static string Several(PSObject target, string member) =>
        Member(target, member) is System.Collections.IEnumerable several and not string ? ServerErrors.Escape(string.Join(", ", several.Cast<object>())) : Blank(target, member);

    /// <summary>What an apply did, in kubectl's words.</summary>
    /// <param name="target">The applied object.</param>
    public static string Applied(PSObject target) => Blank(target, "ApplyAction").ToLowerInvariant();

    private static string[] Texts(PSObject target, string member) => Member(target, member) is System.Collections.IEnumerable several and not string ? [.. several.Cast<object>().Select(item => item.ToString() ?? "")] : [];

    private static object? Member(PSObject? target, string member)
    {
        object? value = target?.Properties[member]?.Value;
        return value is PSObject wrapped ? wrapped.BaseObject : value;
    }
}
