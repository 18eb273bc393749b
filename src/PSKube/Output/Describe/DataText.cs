using k8s.Models;

namespace PSKube.Output.Describe;

/// <summary>Config maps with their data, secrets with the size of theirs.</summary>
internal static class DataText
{
    /// <summary>Writes a ConfigMap.</summary>
    public static void Write(V1ConfigMap map, DescriptionWriter writer, DescribeFacts facts)
    {
        writer.Header(map.Metadata);
        writer.Text("");
        using (writer.Open("Data", step: 0, heading: "Data"))
        {
            writer.Text("====");
            foreach ((string key, string value) in Words.Sorted(map.Data))
            {
                using IDisposable one = writer.Open(key, value, step: 0, heading: $"{key}:");
                writer.Text($"----\n{value}\n");
            }
        }

        writer.Text("");
        using (writer.Open("BinaryData", step: 0, heading: "BinaryData"))
        {
            writer.Text("====");
            foreach ((string key, byte[] value) in Words.Sorted(map.BinaryData)) writer.Plain(key, Words.Plain($"{value.Length} bytes"));
        }

        writer.Text("");
        EventText.Write(writer, facts);
    }

    /// <summary>Writes a Secret: the names and sizes of its data, never a value. (kubectl shows a service account's token.)</summary>
    public static void Write(V1Secret secret, DescriptionWriter writer)
    {
        writer.Header(secret.Metadata);
        writer.Text("");
        writer.Field("Type", secret.Type);
        writer.Text("");
        using IDisposable section = writer.Open("Data", step: 0, heading: "Data");
        writer.Text("====");
        foreach ((string key, byte[] value) in Words.Sorted(secret.Data)) writer.Field(key, Words.Plain($"{value?.Length ?? 0} bytes"));
    }
}
