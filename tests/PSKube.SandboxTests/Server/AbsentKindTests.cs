using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.SandboxTests.Server;

/// <summary>Kinds that other servers have are refused by name; what no server has is not found.</summary>
public class AbsentKindTests
{
    [Theory]
    [InlineData(34, "GET", "/apis/events.k8s.io/v1/events", "Event (events.k8s.io/v1)")]
    [InlineData(34, "POST", "/api/v1/namespaces/default/podtemplates", "PodTemplate (v1)")]
    [InlineData(34, "GET", "/api/v1/componentstatuses", "ComponentStatus (v1)")]
    [InlineData(34, "POST", "/api/v1/namespaces/default/bindings", "Binding (v1)")]
    [InlineData(30, "DELETE", "/apis/node.k8s.io/v1/runtimeclasses/gvisor", "RuntimeClass (node.k8s.io/v1)")]
    [InlineData(20, "GET", "/apis/storage.k8s.io/v1/volumeattachments", "VolumeAttachment (storage.k8s.io/v1)")]
    [InlineData(30, "GET", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", "ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1)")]
    [InlineData(20, "POST", "/apis/certificates.k8s.io/v1/certificatesigningrequests", "CertificateSigningRequest (certificates.k8s.io/v1)")]
    [InlineData(30, "GET", "/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas", "FlowSchema (flowcontrol.apiserver.k8s.io/v1beta3)")]
    [InlineData(20, "GET", "/apis/networking.k8s.io/v1beta1/ingresses", "Ingress (networking.k8s.io/v1beta1)")]
    [InlineData(34, "POST", "/apis/authentication.k8s.io/v1/tokenreviews", "TokenReview (authentication.k8s.io/v1)")]
    public async Task AKindThatTheSandboxHasNot(int minor, string method, string path, string named)
    {
        using var sandbox = new Asking(minor);
        (int code, JsonNode? status, _) = await sandbox.Send(method, path, method == "POST" ? "{}" : null);
        Assert.Equal(501, code);
        Assert.Equal(("NotImplemented", $"the sandbox has no {named}; see about_PSKube_Sandbox for what it leaves out"), (status.Text("reason"), status.Text("message")));
    }

    [Theory]
    [InlineData(29, "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies")]
    [InlineData(22, "/apis/networking.k8s.io/v1beta1/ingresses")]
    [InlineData(34, "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?limit=5")]
    [InlineData(34, "/apis/metrics.k8s.io/v1beta1/pods")]
    [InlineData(34, "/apis/discovery.k8s.io/v1")]
    [InlineData(34, "/api/v1/things")]
    public async Task WhatNoServerOfThatVersionHas(int minor, string path)
    {
        using var sandbox = new Asking(minor);
        Assert.Equal(404, (await sandbox.Send("GET", path)).Code);
    }

    [Fact]
    public async Task ADefinitionMayBringSuchAKind()
    {
        using var sandbox = new Asking();
        await sandbox.Send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "{'metadata':{'name':'runtimeclasses.node.k8s.io'},'spec':{'group':'node.k8s.io','scope':'Cluster','names':{'plural':'runtimeclasses','kind':'RuntimeClass'},'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}}}]}}");
        Assert.Equal(200, (await sandbox.Send("GET", "/apis/node.k8s.io/v1/runtimeclasses")).Code);
    }

    [Theory]
    [InlineData("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{'spec':{'resourceAttributes':{'verb':'get','resource':'pods'}}}")]
    [InlineData("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{'spec':{'nonResourceAttributes':{'verb':'get','path':'/x'}}}")]
    [InlineData("/apis/authorization.k8s.io/v1/subjectaccessreviews", "{'spec':{'user':'u','resourceAttributes':{'verb':'get','resource':'pods'}}}")]
    [InlineData("/apis/authorization.k8s.io/v1/namespaces/x/localsubjectaccessreviews", "{'spec':{'user':'u','resourceAttributes':{'namespace':'x','verb':'get','resource':'pods'}}}")]
    public async Task EverybodyMayDoEverything(string path, string body)
    {
        using var sandbox = new Asking();
        (int code, JsonNode? review, _) = await sandbox.Send("POST", path, body);
        Assert.Equal((201, true), (code, review.Flag("status", "allowed")));
    }

    [Theory]
    [InlineData("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{'spec':{}}", 422)]
    [InlineData("/apis/authorization.k8s.io/v1/subjectaccessreviews", "{'spec':{'resourceAttributes':{'verb':'get','resource':'pods'}}}", 422)]
    [InlineData("/apis/authorization.k8s.io/v1/namespaces/x/localsubjectaccessreviews", "{'spec':{'user':'u','resourceAttributes':{'namespace':'y','verb':'get','resource':'pods'}}}", 422)]
    [InlineData("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", "{'spec':{}}", 400)]
    public async Task AReviewThatCannotBe(string path, string body, int refused)
    {
        using var sandbox = new Asking();
        Assert.Equal(refused, (await sandbox.Send("POST", path, body)).Code);
    }

    [Fact]
    public async Task WhoAmI()
    {
        using var sandbox = new Asking();
        Assert.Equal("kubernetes-admin", (await sandbox.Send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")).Body.Text("status", "userInfo", "username"));
        using var old = new Asking(26);
        Assert.Equal(404, (await old.Send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")).Code);
    }
}
