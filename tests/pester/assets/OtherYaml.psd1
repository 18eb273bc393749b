@{
    RootModule         = 'OtherYaml.psm1'
    ModuleVersion      = '1.0'
    GUID               = '4b8f6a1e-6f0c-4f58-9a33-0f6f3d7f1c11'
    RequiredAssemblies = @('YamlDotNet.dll')
    FunctionsToExport  = @('Test-OtherYaml')
}
