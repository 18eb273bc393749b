using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Tests.Resources;

/// <summary>Numbers of pods and steps, what is remembered of them, and who else sets them.</summary>
public sealed class ScaleRulesTests
{
    private static readonly KubeReference Web = new("Deployment", "shop", "web");

    [Theory]
    [InlineData("4", 3, 4)]
    [InlineData("0", 3, 0)]
    [InlineData("+2", 3, 5)]
    [InlineData("-1", 3, 2)]
    [InlineData("-3", 3, 0)]
    public void ANumberIsSet_AStepIsAdded(string text, int now, int then)
    {
        ReplicaChange change = ReplicaChange.Parse(text)!.Value;
        Assert.Equal(then, change.From(now, Web));
        Assert.Equal(text, change.ToString());
    }

    [Theory]
    [InlineData("-4")]
    [InlineData("+2147483647")]
    public void AStepBelowNoneOrBeyondAllNumbers_IsRefused(string text)
    {
        KubeException failure = Assert.Throws<KubeException>(() => ReplicaChange.Parse(text)!.Value.From(3, Web));
        Assert.Equal("KubeInvalidArgument", failure.ErrorId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("+")]
    [InlineData("1.5")]
    [InlineData("- 1")]
    [InlineData("2147483648")]
    public void WhatIsNoNumber_IsNone(string text) => Assert.Null(ReplicaChange.Parse(text));

    [Theory]
    [InlineData(3, "3")]
    [InlineData(3L, "3")]
    [InlineData(3d, "3")]
    [InlineData("3", "3")]
    [InlineData(" +2 ", "+2")]
    [InlineData("-1", "-1")]
    public void NumbersAndTextsAreTaken(object given, string taken) => Assert.Equal(taken, new ReplicasTransformationAttribute().Transform(null!, given));

    [Theory]
    [InlineData(-1)]
    [InlineData(1.5)]
    [InlineData("many")]
    [InlineData(null)]
    public void ANegativeNumberIsNoStep_AndWhatIsNoNumberIsRefused(object? given) => Assert.Throws<ArgumentTransformationMetadataException>(() => new ReplicasTransformationAttribute().Transform(null!, given!));

    [Theory]
    [InlineData(3, null, 0, 0, 3, ScaleAction.Saved)]
    [InlineData(3, null, 1, 1, 3, ScaleAction.Saved)]
    [InlineData(0, 3, 0, 0, 3, ScaleAction.AlreadySaved)]
    [InlineData(3, 3, 0, 0, 3, ScaleAction.AlreadySaved)]
    [InlineData(0, null, 0, 0, null, ScaleAction.Unchanged)]
    [InlineData(1, null, 2, 1, null, ScaleAction.Unchanged)]
    public void SavingKeepsTheFirstNumber_AndNeverScalesUp(int now, int? saved, int target, int then, int? kept, ScaleAction action)
    {
        KubeScaleChange plan = ScaleRules.Save(Web, now, saved, target);
        Assert.Equal((now, then, kept, action), (plan.Before, plan.After, plan.Saved, plan.Action));
    }

    [Theory]
    [InlineData(0, 3, 3, ScaleAction.Restored)]
    [InlineData(3, 3, 3, ScaleAction.Restored)]
    [InlineData(2, null, 2, ScaleAction.NotSaved)]
    public void RestoringBringsItBack(int now, int? saved, int then, ScaleAction action)
    {
        KubeScaleChange plan = ScaleRules.Restore(Web, now, saved);
        Assert.Equal((now, then, (int?)null, action), (plan.Before, plan.After, plan.Saved, plan.Action));
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"metadata":{"annotations":{"pskube.io/saved-replicas":"7"}}}""", 7)]
    public void TheNumberIsInAnAnnotation(string workload, int? saved) => Assert.Equal(saved, ScaleRules.Saved((JsonObject)JsonNode.Parse(workload)!, Web));

    [Theory]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("many")]
    public void AnAnnotationThatIsNoNumber_IsAnError(string text)
    {
        var workload = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["pskube.io/saved-replicas"] = text } } };
        Assert.Equal(ErrorCategory.InvalidData, Assert.Throws<KubeException>(() => ScaleRules.Saved(workload, Web)).Category);
    }

    [Theory]
    [InlineData("Deployment", "web", "apps/v1", true)]
    [InlineData("Deployment", "web", "apps/v1beta2", true)]
    [InlineData("Deployment", "web", null, true)]
    [InlineData("Deployment", "web", "example.com/v1", false)]
    [InlineData("StatefulSet", "web", "apps/v1", false)]
    [InlineData("Deployment", "db", "apps/v1", false)]
    public void AnAutoscalerOwnsWhatItRefersTo(string kind, string name, string? version, bool owns)
    {
        var scaler = new V1HorizontalPodAutoscaler { Spec = new V1HorizontalPodAutoscalerSpec { ScaleTargetRef = new V1CrossVersionObjectReference { Kind = kind, Name = name, ApiVersion = version } } };
        Assert.Equal(owns, ScaleRules.Owns(scaler, BuiltInKinds.Deployment, "web"));
    }
}
