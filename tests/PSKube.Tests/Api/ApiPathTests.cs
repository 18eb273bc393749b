using PSKube.Api;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Tests.Api;

public class ApiPathTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a?dryRun=All")]
    [InlineData("a%2f..")]
    [InlineData("a#x")]
    [InlineData("a\\b")]
    [InlineData("ä")]
    [InlineData("a\nb")]
    public void T35_WhatCanBeNoName_IsRefusedBeforeItIsAUrl(string name)
    {
        Assert.Equal("KubeInvalidName", Assert.Throws<KubeException>(() => ApiPath.For(BuiltInKinds.Pod, "n", name)).ErrorId);
        Assert.Equal("KubeInvalidName", Assert.Throws<KubeException>(() => ApiPath.For(BuiltInKinds.Pod, name, "x")).ErrorId);
        Assert.Equal("KubeInvalidName", Assert.Throws<KubeException>(() => ApiPath.For(BuiltInKinds.Pod, "n", "x", name)).ErrorId);
    }

    [Fact]
    public void T35_ANameOf254Characters_IsRefused() => Assert.Equal("KubeInvalidName", Assert.Throws<KubeException>(() => ApiPath.For(BuiltInKinds.Pod, "n", new string('a', 254))).ErrorId);

    [Fact]
    public void PathsAreThoseOfTheApi()
    {
        Assert.Equal("api/v1/namespaces/n/pods/p", ApiPath.For(BuiltInKinds.Pod, "n", "p"));
        Assert.Equal("api/v1/pods", ApiPath.For(BuiltInKinds.Pod, null));
        Assert.Equal("apis/apps/v1/namespaces/n/deployments/d/scale", ApiPath.For(BuiltInKinds.Deployment, "n", "d", "scale"));
        Assert.Equal("api/v1/nodes/n1", ApiPath.For(BuiltInKinds.Node, "ignored", "n1"));
        // RBAC names may carry a colon; it is escaped and stays one segment.
        Assert.Equal("apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode", ApiPath.For(BuiltInKinds.ClusterRole, null, "system:node"));
    }

    [Fact]
    public void T39_SelectorsAreEscapedOnce()
    {
        var request = new RestRequest(HttpMethod.Get, "api/v1/pods") { Query = [new("labelSelector", "app in (a, b),!x=ü"), new("continue", null)] };
        Assert.Equal("api/v1/pods?labelSelector=app%20in%20%28a%2C%20b%29%2C%21x%3D%C3%BC", request.Address);
    }
}
