using System.Globalization;

namespace PSKube.Sandbox.Catalog;

/// <summary>The kinds that a server of its version has and the sandbox has not: a plain 404 would say that no cluster had them.</summary>
/// <remarks>Names and versions are those of the API server's discovery, without what is off unless somebody turns it on. Not among them is
/// EndpointSlice, which is not found: clients then take the Endpoints, and these are there.</remarks>
internal static class AbsentKinds
{
    /// <summary>The group, its versions with the minors from and until which they are served, and the resources in them with their kinds.</summary>
    private static readonly string[] s_notes =
    [
        " v1 bindings=Binding componentstatuses=ComponentStatus podtemplates=PodTemplate",
        "admissionregistration.k8s.io v1,v1beta1<22 mutatingwebhookconfigurations=MutatingWebhookConfiguration validatingwebhookconfigurations=ValidatingWebhookConfiguration",
        "admissionregistration.k8s.io v1@30 validatingadmissionpolicies=ValidatingAdmissionPolicy validatingadmissionpolicybindings=ValidatingAdmissionPolicyBinding",
        "apiextensions.k8s.io v1beta1<22 customresourcedefinitions=CustomResourceDefinition",
        "apiregistration.k8s.io v1,v1beta1<22 apiservices=APIService",
        "authentication.k8s.io v1,v1beta1<22 tokenreviews=TokenReview",
        "authorization.k8s.io v1beta1<22 localsubjectaccessreviews=LocalSubjectAccessReview selfsubjectaccessreviews=SelfSubjectAccessReview selfsubjectrulesreviews=SelfSubjectRulesReview subjectaccessreviews=SubjectAccessReview",
        "autoscaling v2beta1<25 horizontalpodautoscalers=HorizontalPodAutoscaler",
        "certificates.k8s.io v1,v1beta1<22 certificatesigningrequests=CertificateSigningRequest",
        "coordination.k8s.io v1beta1<22 leases=Lease",
        "events.k8s.io v1,v1beta1<25 events=Event",
        "extensions v1beta1<22 ingresses=Ingress",
        "flowcontrol.apiserver.k8s.io v1@29,v1beta3@26<32,v1beta2@23<29,v1beta1<26 flowschemas=FlowSchema prioritylevelconfigurations=PriorityLevelConfiguration",
        "networking.k8s.io v1beta1<22 ingresses=Ingress ingressclasses=IngressClass",
        "networking.k8s.io v1@33 ipaddresses=IPAddress servicecidrs=ServiceCIDR",
        "node.k8s.io v1,v1beta1<25 runtimeclasses=RuntimeClass",
        "policy v1beta1<25 podsecuritypolicies=PodSecurityPolicy",
        "rbac.authorization.k8s.io v1beta1<22 clusterrolebindings=ClusterRoleBinding clusterroles=ClusterRole rolebindings=RoleBinding roles=Role",
        "resource.k8s.io v1@34 deviceclasses=DeviceClass resourceclaims=ResourceClaim resourceclaimtemplates=ResourceClaimTemplate resourceslices=ResourceSlice",
        "scheduling.k8s.io v1beta1<22 priorityclasses=PriorityClass",
        "storage.k8s.io v1,v1beta1<22 csidrivers=CSIDriver csinodes=CSINode volumeattachments=VolumeAttachment",
        "storage.k8s.io v1@24,v1beta1@21<27 csistoragecapacities=CSIStorageCapacity",
        "storage.k8s.io v1beta1<22 storageclasses=StorageClass",
        "storage.k8s.io v1@34 volumeattributesclasses=VolumeAttributesClass",
    ];

    private static readonly Lazy<Dictionary<(string Group, string Version, string Plural), (ServedVersion Served, string Kind)>> s_kinds = new(Read);

    /// <summary>The kind that an address names; null when a server of that version has none there.</summary>
    public static string? Find(string group, string version, string plural, int minor) =>
        s_kinds.Value.TryGetValue((group, version, plural), out (ServedVersion Served, string Kind) known) && known.Served.Since <= minor && minor < known.Served.Until ? known.Kind : null;

    /// <summary>The resources that a server of a version has and the sandbox has not.</summary>
    public static IEnumerable<string> Plurals(int minor) => s_kinds.Value.Where(one => one.Value.Served.Since <= minor && minor < one.Value.Served.Until).Select(one => one.Key.Plural);

    private static Dictionary<(string Group, string Version, string Plural), (ServedVersion Served, string Kind)> Read()
    {
        var kinds = new Dictionary<(string Group, string Version, string Plural), (ServedVersion Served, string Kind)>();
        foreach (string note in s_notes)
        {
            string[] words = note.Split(' ');
            foreach (ServedVersion version in words[1].Split(',').Select(Version))
            {
                foreach (string[] pair in words.Skip(2).Select(word => word.Split('='))) kinds.Add((words[0], version.Name, pair[0]), (version, pair[1]));
            }
        }

        return kinds;
    }

    private static ServedVersion Version(string note)
    {
        string[] ends = note.Split('<'), begins = ends[0].Split('@');
        return new ServedVersion(begins[0], begins.Length > 1 ? Number(begins[1]) : 0, ends.Length > 1 ? Number(ends[1]) : int.MaxValue);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
