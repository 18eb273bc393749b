using System.Management.Automation;

namespace PSKube.Errors;

/// <summary>Every ErrorRecord of the module is made here, so that ids, categories and targets cannot drift.</summary>
internal static class KubeErrors
{
    /// <summary>The record of a failure; <paramref name="target"/> is used when the failure names none itself.</summary>
    public static ErrorRecord ToRecord(KubeException failure, object? target = null)
    {
        var record = new ErrorRecord(failure, failure.ErrorId, failure.Category, failure.Target ?? target);
        if (failure.RecommendedAction is not null)
        {
            record.ErrorDetails = new ErrorDetails(failure.Message) { RecommendedAction = failure.RecommendedAction };
        }

        return record;
    }
}
