using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization;
using k8s.Models;

namespace PSKube.Sandbox.Schema;

/// <summary>What a JSON value of the API is.</summary>
internal enum ModelShape
{
    /// <summary>Anything: the schema says nothing.</summary>
    Any,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number of 32 bits.</summary>
    Integer,

    /// <summary>A whole number of 64 bits.</summary>
    Long,

    /// <summary>A number.</summary>
    Real,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A moment: RFC 3339.</summary>
    Time,

    /// <summary>Base64.</summary>
    Bytes,

    /// <summary>A quantity: text or number.</summary>
    Quantity,

    /// <summary>A whole number or a text.</summary>
    IntOrString,

    /// <summary>A list of <see cref="ModelType.Element"/>.</summary>
    List,

    /// <summary>A map from text to <see cref="ModelType.Element"/>.</summary>
    Map,

    /// <summary>An object of known fields.</summary>
    Object,
}

/// <summary>
/// The shape of the API's objects, read off KubernetesClient's models by reflection: only of the kinds that are used, and each
/// type once.
/// </summary>
internal sealed class ModelType
{
    private static readonly ConcurrentDictionary<Type, ModelType> s_types = new();
    private static readonly ModelType s_any = new(ModelShape.Any, typeof(object));

    private readonly Lazy<IReadOnlyDictionary<string, ModelType>> _fields;
    private readonly Lazy<ModelType?> _element;

    private ModelType(ModelShape shape, Type type)
    {
        Shape = shape;
        Type = type;
        _fields = new(ReadFields);
        _element = new(ReadElement);
    }

    /// <summary>What the value is.</summary>
    public ModelShape Shape { get; }

    /// <summary>The model's type.</summary>
    public Type Type { get; }

    /// <summary>The name of an object's type without its version, as Kubernetes' Go code calls it: <c>PodSpec</c>.</summary>
    public string Name => Type.Name.StartsWith('V') && Type.Name.AsSpan(1).IndexOfAnyInRange('A', 'Z') is > 0 and var start ? Type.Name[(start + 1)..] : Type.Name;

    /// <summary>An object's fields by their JSON names; empty for anything else.</summary>
    public IReadOnlyDictionary<string, ModelType> Fields => _fields.Value;

    /// <summary>What a list or map holds.</summary>
    public ModelType? Element => _element.Value;

    /// <summary>The shape of a model's type.</summary>
    public static ModelType For(Type type) => s_types.GetOrAdd(type, Read);

    private static ModelType Read(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(object)) return s_any;
        ModelShape shape = plain switch
        {
            _ when plain == typeof(string) => ModelShape.Text,
            _ when plain == typeof(int) => ModelShape.Integer,
            _ when plain == typeof(long) => ModelShape.Long,
            _ when plain == typeof(double) || plain == typeof(float) => ModelShape.Real,
            _ when plain == typeof(bool) => ModelShape.Flag,
            _ when plain == typeof(DateTime) || plain == typeof(DateTimeOffset) => ModelShape.Time,
            _ when plain == typeof(byte[]) => ModelShape.Bytes,
            _ when plain == typeof(ResourceQuantity) => ModelShape.Quantity,
            _ when plain == typeof(IntOrString) => ModelShape.IntOrString,
            _ when Generic(plain, typeof(IDictionary<,>)) => ModelShape.Map,
            _ when Generic(plain, typeof(IList<>)) => ModelShape.List,
            _ => ModelShape.Object,
        };
        return new ModelType(shape, plain);
    }

    private static bool Generic(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private ModelType? ReadElement() => Shape switch
    {
        ModelShape.List => For(Type.GetGenericArguments()[0]),
        ModelShape.Map => For(Type.GetGenericArguments()[1]),
        _ => null,
    };

    private Dictionary<string, ModelType> ReadFields()
    {
        var fields = new Dictionary<string, ModelType>(StringComparer.Ordinal);
        if (Shape != ModelShape.Object) return fields;
        foreach (PropertyInfo property in Type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<JsonPropertyNameAttribute>() is { } name) fields[name.Name] = For(property.PropertyType);
        }

        return fields;
    }
}
