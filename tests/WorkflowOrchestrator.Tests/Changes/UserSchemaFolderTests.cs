using System.Text;
using OpenSpec;
using OpenSpec.Schemas;
using Workflow.Changes;

namespace Workflow.Tests.Changes;

public sealed class UserSchemaFolderTests : IDisposable
{
    private const string Schema = "name: mine\nversion: 1\nartifacts:\n  - id: plan\n    generates: plan.md\n    description: d\n    template: plan.md\n";

    private readonly string _root = Directory.CreateTempSubdirectory("wo-schemas-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Project_SchemaInTheFolder_UsesItAndItsTemplate()
    {
        WriteSchema(Path.Join(_root, "schemas", "mine"));
        Assert.Equal("# Plan\n", Instructions().Template);
    }

    [Fact]
    public void Project_SchemaFolderIsALinkToElsewhere_UsesIt()
    {
        WriteSchema(Path.Join(_root, "elsewhere"));
        Directory.CreateDirectory(Path.Join(_root, "schemas"));
        Directory.CreateSymbolicLink(Path.Join(_root, "schemas", "mine"), Path.Join(_root, "elsewhere"));
        Assert.Equal("# Plan\n", Instructions().Template);
    }

    [Fact]
    public void Project_NoFolderAtAll_HasNoSuchSchema() => Assert.Contains("no schema \"mine\"", Instructions().Fault);

    [Fact]
    public void Read_OutOfTheFolder_IsNothing()
    {
        Directory.CreateDirectory(Path.Join(_root, "schemas"));
        File.WriteAllText(Path.Join(_root, "secret"), "x");
        var folder = new UserSchemaFolder(Path.Join(_root, "schemas"));
        Assert.Null(folder.Read("../secret"));
        Assert.Null(folder.Read("mine/../../secret"));
        Assert.Empty(folder.List(".."));
    }

    private ArtifactInstructions Instructions() => new OpenSpecProject(
        new MemoryFiles([KeyValuePair.Create("changes/c/.openspec.yaml", new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes("schema: mine\n")))]),
        new OpenSpecOptions { UserSchemas = new UserSchemaFolder(Path.Join(_root, "schemas")) }).Instructions("c", "plan");

    private static void WriteSchema(string folder)
    {
        Directory.CreateDirectory(Path.Join(folder, "templates"));
        File.WriteAllText(Path.Join(folder, "schema.yaml"), Schema);
        File.WriteAllText(Path.Join(folder, "templates", "plan.md"), "# Plan\n");
    }
}
