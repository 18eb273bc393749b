using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Protobuf;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.SandboxTests.Server;

/// <summary>Bodies of protobuf: what kubectl sends, what is hard to make it send, and what nobody should.</summary>
public class ProtobufTests
{
    /// <summary>Bodies that kubectl 1.32 sent, and the same objects as its <c>--dry-run=client -o json</c> prints them.</summary>
    private static readonly JsonArray s_recorded = (JsonArray)Recorded.Read("Server/protobuf.json");


    /// <summary>Where the models, which are of the newest version, differ with reason.</summary>
    private static readonly string[] s_different =
    [
        // Fields that only older servers have.
        "EphemeralVolumeSource.readOnly is in no model",
        "NetworkPolicy.status is in no model",
        "ObjectMeta.clusterName is in no model",
        "PersistentVolumeClaimStatus.resizeStatus is in no model",
        "PodResourceClaim.source is in no model",
        "ServiceSpec.topologyKeys is in no model",

        // An empty message, and those that have a form of their own in JSON.
        "CustomResourceSubresources.status is Any",
        "JSONSchemaProps.additionalItems is Any",
        "JSONSchemaProps.additionalProperties is Any",
        "JSONSchemaProps.dependencies is Any",
        "JSONSchemaProps.items is Any",

        // An omitempty that came or went in the years.
        "HorizontalPodAutoscalerStatus.currentReplicas when it is zero: Value",
        "HostAlias.ip when it is zero: Dropped",
        "PodIP.ip when it is zero: Dropped",

        // Bytes, which are no scalar in the other table.
        "WebhookClientConfig.caBundle when it is zero: Absent",
    ];

    public static IEnumerable<object[]> Names => s_recorded.Select(one => new object[] { one.Text("name")! });

    [Theory]
    [MemberData(nameof(Names))]
    public void ABodyOfKubectlReadsAsItsJson(string name)
    {
        JsonNode one = s_recorded.Single(one => one.Text("name") == name)!;
        JsonObject expected = Plain(one["json"]!.AsObject());
        JsonObject read = ProtobufBody.Read(Convert.FromBase64String(one.Text("body")!), expected.Text("kind")!, "")!;
        Same(expected, read);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ABodyThatEndsEarlyIsRefused(string name)
    {
        JsonNode one = s_recorded.Single(one => one.Text("name") == name)!;
        byte[] body = Convert.FromBase64String(one.Text("body")!);
        for (int length = 1; length < body.Length; length += 1 + (body.Length / 200))
        {
            // The envelope's last field may be missing whole; then there is just less of it.
            try
            {
                ProtobufBody.Read(body.AsSpan(0, length), "Thing", "");
            }
            catch (StatusException refusal)
            {
                Assert.Equal(400, refusal.Code);
            }
        }
    }

    [Fact]
    public void ABodyOfNoiseIsRefusedOrRead()
    {
        var random = new Random(1);
        foreach (JsonNode? one in s_recorded)
        {
            byte[] body = Convert.FromBase64String(one.Text("body")!);
            for (int i = 0; i < 400; i++)
            {
                byte[] noisy = [.. body];
                for (int n = random.Next(1, 5); n > 0; n--) noisy[random.Next(4, noisy.Length)] = (byte)random.Next(256);
                try
                {
                    ProtobufBody.Read(noisy, "Thing", "")?.ToJsonString();
                }
                catch (StatusException refusal)
                {
                    Assert.Equal(400, refusal.Code);
                }
            }
        }
    }

    [Fact]
    public void EveryServedKindHasAMessage() => Assert.Empty(
        from resource in Kinds.All
        from version in resource.Versions
        where ProtobufMessages.Find(resource.ApiVersion(version.Name), resource.Kind) is null
        select $"{resource.ApiVersion(version.Name)} {resource.Kind}");

    /// <summary>
    /// The models come from the API's OpenAPI document and the forms of zero from its Go types, the table from the .proto files: what
    /// two of them know they must tell alike.
    /// </summary>
    [Fact]
    public void TheMessagesHaveTheFieldsOfTheModels()
    {
        var problems = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<(ProtobufMessage, ModelType)>();
        foreach (Resource resource in Kinds.All) Compare(ProtobufMessages.Find(resource.StoredApiVersion, resource.Kind)!, resource.Model!);
        problems.ExceptWith(s_different);
        Assert.True(problems.Count == 0, string.Join("\n", problems));
        Assert.True(seen.Count > 250, $"only {seen.Count} types were compared");

        void Compare(ProtobufMessage message, ModelType model)
        {
            if (!seen.Add((message, model))) return;
            Dictionary<string, ProtobufField> fields = Flat(message).ToDictionary(field => field.Name, StringComparer.Ordinal);
            foreach (string name in ApiFields.Of(model).Keys.Where(name => !fields.ContainsKey(name))) problems.Add($"{message.Name} lacks {name}");
            foreach (ProtobufField field in fields.Values)
            {
                string where = $"{message.Name}.{field.Name}";
                if (!model.Fields.TryGetValue(field.Name, out ModelType? type))
                {
                    problems.Add($"{where} is in no model");
                    continue;
                }

                ModelType element = field.IsList || field.IsMap ? type.Element ?? type : type;
                if (field.IsList != (type.Shape == ModelShape.List) || field.IsMap != (type.Shape == ModelShape.Map)) problems.Add($"{where} is {type.Shape}");
                else if (field.Kind != ProtobufKind.Raw && Shape(field.Kind) != element.Shape) problems.Add($"{where} is {element.Shape}");
                else if (field.Kind == ProtobufKind.Message) Compare(field.Message!, element);
                if (ApiFields.Of(model).TryGetValue(field.Name, out ApiField? api) && field.DropsZero != (api.Form == ZeroForm.Dropped)) problems.Add($"{where} when it is zero: {api.Form}");
            }
        }
    }

    [Theory]
    [InlineData("v1", "Event", "lastTimestamp", 1700000000, 999_999_999, "2023-11-14T22:13:20Z")]
    [InlineData("v1", "Event", "eventTime", 1700000000, 123_456_789, "2023-11-14T22:13:20.123456Z")]
    [InlineData("v1", "Event", "firstTimestamp", 0, 0, "1970-01-01T00:00:00Z")]
    [InlineData("v1", "Event", "firstTimestamp", -62135596800, 0, null)]
    public void MomentsAreTold(string apiVersion, string kind, string field, long seconds, int nanos, string? told)
    {
        var moment = new Message().Number(1, (ulong)seconds).Number(2, (ulong)nanos);
        Assert.Equal(told, Read(apiVersion, kind, new Message().Bytes(Number(apiVersion, kind, field), moment)).Text(field));
    }

    [Fact]
    public void AMomentThatIsNoneIsNotTold() => Assert.False(Read("v1", "Event", new Message().Bytes(7, [])).ContainsKey("lastTimestamp"));

    [Fact]
    public void SchemasHaveTheFormsOfTheirJson()
    {
        var text = new Message().Text(5, "string");
        var schema = new Message()
            .Text(3, "#/x").Bytes(8, new Message().Bytes(1, "{\"a\":[1,null]}"u8)).Real(9, 1.5).Number(10, 0).Number(14, 0)
            .Bytes(20, new Message().Bytes(1, "3"u8)).Bytes(20, new Message().Bytes(1, "\"x\""u8))
            .Bytes(24, new Message().Bytes(1, text))
            .Bytes(25, new Message().Bytes(24, new Message().Bytes(2, text).Bytes(2, text)))
            .Bytes(29, new Message().Text(1, "p").Bytes(2, new Message().Bytes(30, new Message().Number(1, 0))))
            .Bytes(29, new Message().Text(1, "q").Bytes(2, new Message().Bytes(30, new Message().Number(1, 1).Bytes(2, text))))
            .Bytes(29, new Message().Text(1, "r").Bytes(2, new Message().Bytes(30, new Message().Number(1, 1))))
            .Bytes(32, new Message().Text(1, "d").Bytes(2, new Message().Text(2, "e")))
            .Number(38, 1);
        JsonObject read = Read("apiextensions.k8s.io/v1", "CustomResourceDefinition", new Message().Bytes(2, new Message().Bytes(7, new Message().Bytes(4, new Message().Bytes(1, schema)))));
        Same(
            Json("{'$ref':'#/x','default':{'a':[1,null]},'maximum':1.5,'minLength':0,'enum':[3,'x'],'items':{'type':'string'},'allOf':[{'items':[{'type':'string'},{'type':'string'}]}],'x-kubernetes-preserve-unknown-fields':true,'properties':{'p':{'additionalProperties':false},'q':{'additionalProperties':{'type':'string'}},'r':{'additionalProperties':true}},'dependencies':{'d':['e']}}"),
            read["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]);
    }

    [Fact]
    public void ZerosStayWherePointersCarryThemAndGoWhereOmitemptySaysSo()
    {
        JsonObject read = Read("apps/v1", "Deployment", new Message().Bytes(2, new Message().Number(1, 0).Number(5, 0).Number(7, 0).Number(9, 0)));
        Same(Json("{'replicas':0,'progressDeadlineSeconds':0}"), read["spec"]);
    }

    [Fact]
    public void ListsOfNumbersMayBePackedOrNot()
    {
        var security = new Message().Number(4, 1).Bytes(4, [2, 0xAC, 2]).Number(4, 3);
        JsonObject read = Read("v1", "Pod", new Message().Bytes(2, new Message().Bytes(14, security)));
        Same(Json("[1,2,300,3]"), read["spec"]!["securityContext"]!["supplementalGroups"]);
    }

    [Fact]
    public void WhatComesInPartsIsPutTogetherAndTheLastWordCounts()
    {
        JsonObject read = Read("v1", "ConfigMap", new Message()
            .Bytes(1, new Message().Text(1, "a").Text(3, "x")).Bytes(1, new Message().Text(1, "b").Text(3, ""))
            .Bytes(2, new Message().Text(1, "k").Text(2, "1")).Bytes(2, new Message().Text(1, "k").Text(2, "2")).Bytes(2, new Message().Text(1, "none")));
        Same(Json("{'kind':'ConfigMap','apiVersion':'v1','metadata':{'name':'b'},'data':{'k':'2','none':''}}"), Sorted(read));
    }

    [Fact]
    public void WhatNobodyKnowsIsPassedOver()
    {
        var strange = new Message().Number(900, 1).Bytes(901, [1, 2]).Real(902, 1).Raw([0xBD, 0x38, 1, 2, 3, 4]).Raw([0xC3, 0x38, 0x08, 1, 0xC3, 0x38, 0xC4, 0x38, 0xC4, 0x38]).Bytes(1, new Message().Text(1, "a"));
        Assert.Equal("a", Read("v1", "ConfigMap", strange).Text("metadata", "name"));
    }

    [Theory]
    [InlineData("FF FF FF FF FF FF FF FF FF FF 01", "proto: integer overflow")]
    [InlineData("0A 05 01", "unexpected EOF")]
    [InlineData("0A FF FF FF FF 0F", "unexpected EOF")]
    [InlineData("0A FF FF FF FF FF FF FF FF FF 01", "proto: negative length found during unmarshaling")]
    [InlineData("08 01", "proto: wrong wireType = 0 for field Metadata")]
    [InlineData("00 01", "proto: illegal tag 0 (wire type 0)")]
    [InlineData("0C", "proto: wiretype end group for non-group")]
    [InlineData("A3 38 A3 38 A3 38", "unexpected EOF")]
    [InlineData("A6 38", "proto: illegal wireType 6")]
    public void WhatIsNoMessageIsRefused(string hex, string why)
    {
        StatusException refusal = Assert.Throws<StatusException>(() => Read("v1", "ConfigMap", new Message().Raw(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)))));
        Assert.Equal((400, $"ConfigMap in version \"v1\" cannot be handled as a ConfigMap: {why}"), (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData("{}", "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (7b7d)")]
    [InlineData("k8s\0", "empty body (6b387300)")]
    [InlineData("k8s\0\n\u0005", "unexpected EOF (6b3873000a05)")]
    [InlineData("k8s\0\b", "proto: wrong wireType = 0 for field TypeMeta (6b38730008)")]
    public void WhatIsNoEnvelopeIsRefused(string body, string why)
    {
        StatusException refusal = Assert.Throws<StatusException>(() => ProtobufBody.Read(Encoding.UTF8.GetBytes(body), "Pod", "v1"));
        Assert.Equal((400, "the object provided is unrecognized (must be of type Pod): " + why), (refusal.Code, refusal.Message));
    }

    [Fact]
    public void TooDeepIsRefused()
    {
        byte[] schema = [];
        for (int i = 0; i < 200; i++) schema = new Message().Bytes(28, schema);
        StatusException refusal = Assert.Throws<StatusException>(() => Read("apiextensions.k8s.io/v1", "CustomResourceDefinition", new Message().Bytes(2, new Message().Bytes(7, new Message().Bytes(4, new Message().Bytes(1, schema))))));
        Assert.Equal(400, refusal.Code);
        Assert.EndsWith("exceeded max depth", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ObjectsAreCreatedReplacedAndDeletedSo()
    {
        using var cluster = new SandboxCluster(new SandboxOptions { Speed = 100 });
        var map = new Message().Bytes(1, new Message().Text(1, "m").Bytes(8, [])).Bytes(2, new Message().Text(1, "a").Text(2, "b")).Text(99, "unknown");
        (int status, JsonObject answer) = await Send(cluster, "POST", "/api/v1/namespaces/default/configmaps", Envelope("v1", "ConfigMap", map), "fieldValidation=Strict");
        Assert.True(status == 201, answer.ToJsonString());
        Assert.Equal("b", answer.Text("data", "a"));
        Assert.NotNull(answer.Text("metadata", "creationTimestamp"));
        (status, answer) = await Send(cluster, "PUT", "/api/v1/namespaces/default/configmaps/m", Envelope("", "", new Message().Bytes(1, new Message().Text(1, "m")).Bytes(2, new Message().Text(1, "c").Text(2, "d"))));
        Assert.Equal((200, "d", null), (status, answer.Text("data", "c"), answer.Text("data", "a")));
        var options = new Message().Bytes(2, new Message().Text(1, "another")).Text(5, "All");
        (status, answer) = await Send(cluster, "DELETE", "/api/v1/namespaces/default/configmaps/m", Envelope("v1", "DeleteOptions", options));
        Assert.True(status == 409, answer.ToJsonString());
        (status, _) = await Send(cluster, "DELETE", "/api/v1/namespaces/default/configmaps/m", Envelope("apps/v1", "DeleteOptions", new Message().Text(4, "Background")));
        Assert.Equal(200, status);
        (status, answer) = await Send(cluster, "POST", "/api/v1/namespaces/default/configmaps", Envelope("v1", "Secret", map));
        Assert.Equal(400, status);
        Assert.Contains("cannot be handled as a ConfigMap", answer.Text("message"), StringComparison.Ordinal);
        (status, answer) = await Send(cluster, "POST", "/api/v1/namespaces/default/configmaps", [1, 2, 3]);
        Assert.Equal((400, "BadRequest"), (status, answer.Text("reason")));
        (status, _) = await Send(cluster, "PATCH", "/api/v1/namespaces/default/configmaps/m", Envelope("v1", "ConfigMap", map));
        Assert.Equal(415, status);
        (status, _) = await Send(cluster, "POST", "/api/v1/namespaces/default/configmaps", new byte[4 * 1024 * 1024]);
        Assert.Equal(413, status);
    }

    /// <summary>What may be stored must be readable again: an object that is not would fail every request after it.</summary>
    [Fact]
    public async Task DeepOnesAndDoubledNamesDoNotHurtTheServer()
    {
        const string Revisions = "/apis/apps/v1/namespaces/default/controllerrevisions";
        const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        using var cluster = new SandboxCluster(new SandboxOptions { Speed = 100 });
        byte[] schema = new Message().Text(5, "object");
        for (int i = 0; i < 80; i++) schema = new Message().Bytes(28, schema);
        var names = new Message().Text(1, "things").Text(4, "Thing");
        var version = new Message().Text(1, "v1").Number(2, 1).Number(3, 1).Bytes(4, new Message().Bytes(1, schema));
        var definition = new Message().Bytes(1, new Message().Text(1, "things.example.com")).Bytes(2, new Message().Text(1, "example.com").Bytes(3, names).Text(4, "Namespaced").Bytes(7, version));
        Assert.Equal(201, (await Send(cluster, "POST", Definitions, Envelope("apiextensions.k8s.io/v1", "CustomResourceDefinition", definition))).Status);
        var twins = new Message().Bytes(1, new Message().Text(1, "twins")).Bytes(2, new Message().Bytes(1, "{\"a\":1,\"a\":{\"b\":2,\"b\":3}}"u8)).Number(3, 1);
        (int status, JsonObject answer) = await Send(cluster, "POST", Revisions, Envelope("apps/v1", "ControllerRevision", twins));
        Assert.Equal(201, status);
        Same(Json("{'a':{'b':3}}"), answer["data"]);
        byte[] json = Encoding.UTF8.GetBytes($"{{\"metadata\":{{\"name\":\"x\"}},\"revision\":7,\"revision\":8,\"data\":{new string('[', 200)}{new string(']', 200)}}}");
        (status, answer) = await Send(cluster, "POST", Revisions, json, "", "application/json");
        Assert.Equal((201, 8), (status, answer.Number("revision")));
        Assert.Equal(200, (await Send(cluster, "GET", Definitions + "/things.example.com", [])).Status);
        Assert.Equal(200, (await Send(cluster, "GET", Revisions + "/x", [])).Status);
    }

    [Fact]
    public async Task ACustomKindHasNoProtobuf()
    {
        JsonObject definition = Json("{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition','metadata':{'name':'things.example.com'},'spec':{'group':'example.com','scope':'Namespaced','names':{'plural':'things','kind':'Thing'},'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}}]}}").AsObject();
        using var cluster = new SandboxCluster(new SandboxOptions { Speed = 100, Seed = [definition] });
        (int status, JsonObject answer) = await Send(cluster, "POST", "/apis/example.com/v1/namespaces/default/things", Envelope("example.com/v1", "Thing", new Message().Bytes(1, new Message().Text(1, "t"))));
        Assert.True(status == 406, answer.ToJsonString());
    }

    private static async Task<(int Status, JsonObject Answer)> Send(SandboxCluster cluster, string method, string path, byte[] body, string query = "", string type = "application/vnd.kubernetes.protobuf")
    {
        (IReadOnlyList<string> segments, IReadOnlyList<KeyValuePair<string, string>> pairs) = ApiRequest.Split(path, query);
        ApiResponse response = await cluster.AnswerAsync(new ApiRequest { Method = method, Path = path, Segments = segments, Query = pairs, RawQuery = query, ContentType = type, Body = body }, default);
        return (response.Status, JsonNode.Parse(response.Body.SelectMany(part => part.ToArray()).ToArray(), null, new() { MaxDepth = 500 })!.AsObject());
    }

    private static int Number(string apiVersion, string kind, string field) => ProtobufMessages.Find(apiVersion, kind)!.Fields.Single(pair => pair.Value.Name == field).Key;

    private static JsonObject Read(string apiVersion, string kind, byte[] message) => ProtobufBody.Read(Envelope(apiVersion, kind, message), kind, apiVersion)!;

    private static byte[] Envelope(string apiVersion, string kind, byte[] raw) => [.. "k8s\0"u8, .. (byte[])new Message().Bytes(1, new Message().Text(1, apiVersion).Text(2, kind)).Bytes(2, raw).Text(3, "").Text(4, "")];

    private static JsonNode Json(string json) => JsonNode.Parse(json.Replace('\'', '"'))!;

    private static JsonObject Sorted(JsonObject json) => new(json.OrderBy(pair => pair.Key is "kind" ? 0 : pair.Key is "apiVersion" ? 1 : 2).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static IEnumerable<ProtobufField> Flat(ProtobufMessage message) => message.Fields.Values.SelectMany(field => field.Name.Length > 0 ? [field] : Flat(field.Message!));

    private static ModelShape Shape(ProtobufKind kind) => kind switch
    {
        ProtobufKind.Text => ModelShape.Text,
        ProtobufKind.Bool => ModelShape.Flag,
        ProtobufKind.Int => ModelShape.Integer,
        ProtobufKind.Long => ModelShape.Long,
        ProtobufKind.Double => ModelShape.Real,
        ProtobufKind.Bytes => ModelShape.Bytes,
        ProtobufKind.Time or ProtobufKind.MicroTime => ModelShape.Time,
        ProtobufKind.Quantity => ModelShape.Quantity,
        ProtobufKind.IntOrString => ModelShape.IntOrString,
        _ => ModelShape.Object,
    };

    private static JsonObject Plain(JsonObject json)
    {
        foreach ((string name, JsonNode? value) in json.ToArray())
        {
            if (value is null) json.Remove(name);
            else if (value is JsonObject child) Plain(child);
            else if (value is JsonArray list) foreach (JsonObject item in list.OfType<JsonObject>()) Plain(item);
        }

        return json;
    }

    private static void Same(JsonNode expected, JsonNode? read)
    {
        if (!expected.Same(read)) Assert.Equal(expected.ToJsonString(), read?.ToJsonString());
    }

    /// <summary>Writes a message.</summary>
    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public static implicit operator byte[](Message message) => [.. message._bytes];

        public Message Number(int field, ulong value) => Varint((ulong)field << 3).Varint(value);

        public Message Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public Message Bytes(int field, ReadOnlySpan<byte> value) => Varint(((ulong)field << 3) | 2).Varint((ulong)value.Length).Raw(value);

        public Message Bytes(int field, Message value) => Bytes(field, (byte[])value);

        public Message Real(int field, double value) => Varint(((ulong)field << 3) | 1).Raw(BitConverter.GetBytes(value));

        public Message Raw(ReadOnlySpan<byte> value)
        {
            _bytes.AddRange(value);
            return this;
        }

        private Message Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
            _bytes.Add((byte)value);
            return this;
        }
    }
}
