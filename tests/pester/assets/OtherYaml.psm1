# What powershell-yaml, Az.Aks and platyPS do, in one line: use the YamlDotNet that came with the module.
function Test-OtherYaml {
    $serializer = [YamlDotNet.Serialization.SerializerBuilder]::new().Build()
    "$($serializer.GetType().Assembly.GetName().Version.Major) $($serializer.Serialize(@{ a = 1 }).Trim())"
}
