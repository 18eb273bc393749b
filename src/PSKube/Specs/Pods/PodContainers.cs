using System.Management.Automation;
using System.Text.Json.Nodes;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Specs;

/// <summary>Finds the containers of a pod spec that a change is for.</summary>
internal static class PodContainers
{
    /// <summary>The main containers.</summary>
    public const string Main = "containers";

    /// <summary>The init containers; sidecars are among them.</summary>
    public const string Init = "initContainers";

    private static readonly string[] Lists = [Main, Init, "ephemeralContainers"];

    /// <summary>One container, and the list in which it is.</summary>
    public sealed record Found(string List, string Name, JsonObject Container);

    /// <summary>Every container, main ones first.</summary>
    public static IEnumerable<Found> All(JsonObject podSpec) =>
        from list in Lists
        from item in podSpec[list] as JsonArray ?? []
        where item is JsonObject && item["name"] is not null
        select new Found(list, item!["name"]!.ToString(), (JsonObject)item!);

    /// <summary>The containers that names or wildcards mean, init containers too; without any, all main containers.</summary>
    /// <exception cref="KubeException">One means none (<c>KubeContainerNotFound</c>).</exception>
    public static IReadOnlyList<Found> Named(JsonObject podSpec, IReadOnlyList<string> names)
    {
        Found[] all = [.. All(podSpec).Where(container => container.List is Main or Init)];
        if (names.Count == 0) return all.Any(container => container.List == Main) ? [.. all.Where(container => container.List == Main)] : throw new KubeException("KubeContainerNotFound", ErrorCategory.ObjectNotFound, "There are no containers to change.");
        var chosen = new List<Found>();
        foreach (string name in names)
        {
            Found[] meant = WildcardPattern.ContainsWildcardCharacters(name) ? [.. all.Where(container => new WildcardPattern(name).IsMatch(container.Name))] : [.. all.Where(container => container.Name == name)];
            chosen.AddRange(meant.Length > 0 ? meant : throw Missing(name, all));
        }

        return [.. chosen.Distinct()];
    }

    /// <summary>The container that is meant where none needs to be named: the only one.</summary>
    /// <exception cref="KubeException">There are several, or none of the names (<c>KubeContainerNotFound</c>, <c>KubeInvalidArgument</c>).</exception>
    public static IReadOnlyList<Found> NamedOrOnly(JsonObject podSpec, IReadOnlyList<string> names)
    {
        IReadOnlyList<Found> chosen = Named(podSpec, names);
        if (names.Count > 0 || chosen.Count == 1) return chosen;
        throw PodTemplateBuilder.Invalid($"There are several containers ({Listed(chosen)}): say with -Container which one is meant, or '*' for all.");
    }

    /// <summary>The patch that gives each of the containers some fields.</summary>
    public static JsonObject Patch(IEnumerable<Found> containers, Func<Found, JsonObject> fields)
    {
        var patch = new JsonObject();
        foreach (Found one in containers)
        {
            JsonObject change = fields(one);
            change["name"] = one.Name;
            if (patch[one.List] is not JsonArray list) patch[one.List] = list = [];
            list.Add(change);
        }

        return patch;
    }

    /// <summary>Adds containers behind those of a list.</summary>
    public static PodEdit Add(string list, IReadOnlyList<JsonObject> containers) => podSpec =>
    {
        foreach (string name in containers.Select(container => container["name"]!.ToString()))
        {
            if (All(podSpec).FirstOrDefault(other => other.Name == name) is { } other) throw new KubeException("KubeAlreadyExists", ErrorCategory.ResourceExists, $"There is already a container '{name}' (in {other.List}); names are unique among all containers of a pod.") { Target = name, RecommendedAction = "Give the new container another name; Set-KubeImage and Set-KubeEnv change one that is there." };
        }

        var patch = new JsonObject();
        PodPatch.Put(podSpec, patch, list, "name", containers.Select(container => (JsonObject)container.DeepClone()));
        return patch;
    };

    /// <summary>Gives containers images. A null name means the only container.</summary>
    public static PodEdit SetImages(IReadOnlyList<KeyValuePair<string?, string>> images)
    {
        foreach ((_, string image) in images) PodTemplateBuilder.CheckImage(image);
        return podSpec =>
        {
            var patch = new JsonObject();
            foreach ((string? name, string image) in images) JsonOverrides.Apply(patch, Patch(NamedOrOnly(podSpec, name is null ? [] : [name]), _ => new JsonObject { ["image"] = image }), OverrideType.Strategic);
            return patch;
        };
    }

    private static KubeException Missing(string name, Found[] all)
    {
        string shown = ServerErrors.Escape(name);
        string[] near = [.. Nearness.Closest(name, all.Select(container => container.Name))];
        return new KubeException("KubeContainerNotFound", ErrorCategory.ObjectNotFound, $"There is no container '{shown}'; there {(all.Length == 1 ? "is" : "are")} {Listed(all)}.")
        {
            Target = shown,
            RecommendedAction = near.Length == 0 ? null : $"Did you mean {string.Join(" or ", near)}?",
        };
    }

    private static string Listed(IEnumerable<Found> containers)
    {
        string[] names = [.. containers.Select(container => ServerErrors.Escape(container.List == Init ? $"{container.Name} (init)" : container.Name))];
        return names.Length == 0 ? "none" : string.Join(", ", names);
    }
}
