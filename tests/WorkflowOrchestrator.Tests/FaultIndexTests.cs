using System.Reflection;
using Workflow.Tests.Changes;
using Workflow.Tests.Documents;
using Workflow.Tests.Feedback;
using Workflow.Tests.Hosting;
using Workflow.Tests.Review.Injection;
using Workflow.Tests.Storage;
using Xunit.Abstractions;

namespace Workflow.Tests;

/// <summary>Which test stands for which number of the list of faults that a document update has to survive. Printed; a number without a test fails.</summary>
public sealed class FaultIndexTests(ITestOutputHelper output)
{
    private static readonly (int Number, string Fault, Type Tests, string Test)[] s_index =
    [
        (1, "kill -9 after planning", typeof(KilledProcessTests), nameof(KilledProcessTests.Kill_AtFailpoint_IsRecoveredExactlyOnce)),
        (2, "kill -9 in the backup", typeof(KilledProcessTests), nameof(KilledProcessTests.Kill_AtFailpoint_IsRecoveredExactlyOnce)),
        (3, "kill -9 before the rename", typeof(KilledProcessTests), nameof(KilledProcessTests.Kill_AtFailpoint_IsRecoveredExactlyOnce)),
        (4, "kill -9 before the commit", typeof(KilledProcessTests), nameof(KilledProcessTests.Kill_AtFailpoint_IsRecoveredExactlyOnce)),
        (5, "kill -9 after the commit", typeof(KilledProcessTests), nameof(KilledProcessTests.Kill_AtFailpoint_IsRecoveredExactlyOnce)),
        (6, "kill -9 in an undo", typeof(KilledProcessTests), nameof(KilledProcessTests.Kill_DuringUndo_IsRecoveredExactlyOnce)),
        (7, "kill -9 in a migration", typeof(MigrationTests), nameof(MigrationTests.Kill_InAnyScript_IsTheOldOrTheNewSchemaAndTheNextStartFinishes)),
        (8, "no space left", typeof(StepFaultTests), nameof(StepFaultTests.DiskFull_AtAnyStep_GoesOnWhenThereIsSpaceAgain)),
        (8, "a full file system", typeof(DiskFaultTests), nameof(DiskFaultTests.Apply_RealFault_LosesNothingAndGoesOnWhenItIsMended)),
        (9, "input/output error", typeof(StepFaultTests), nameof(StepFaultTests.UnforeseenException_AtAnyStep_GoesOn)),
        (9, "read-only file system", typeof(DiskFaultTests), nameof(DiskFaultTests.Apply_RealFault_LosesNothingAndGoesOnWhenItIsMended)),
        (9, "read-only document", typeof(UpdateStepsTests), nameof(UpdateStepsTests.Apply_ReadOnlyDocument_IsRefusedAndItsModeIsKept)),
        (10, "read-only .git", typeof(DiskFaultTests), nameof(DiskFaultTests.Apply_RealFault_LosesNothingAndGoesOnWhenItIsMended)),
        (14, "clock set back, clock that jumps", typeof(WorkAnalysisTests), nameof(WorkAnalysisTests.Analyze_ClockSetBack_CountsNoNegativeTimeAndSaysSo)),
        (15, "too many files", typeof(ChangeScannerTests), nameof(ChangeScannerTests.Scan_TooManyFiles_BlocksTheChange)),
        (15, "deep folders", typeof(ChangeScannerTests), nameof(ChangeScannerTests.Scan_DeepNesting_IsReported)),
        (16, "huge file", typeof(ChangeScannerTests), nameof(ChangeScannerTests.Scan_HugeFile_IsReportedAndNotRead)),
        (16, "pipe in the tree", typeof(ChangeScannerTests), nameof(ChangeScannerTests.Scan_PipeInChange_IsReportedAndDoesNotHang)),
        (17, "bytes that are no UTF-8", typeof(ChangeScannerTests), nameof(ChangeScannerTests.Scan_TextThatIsNotUtf8_BelongsToRevisionAndIsReported)),
        (17, "line ends of any kind", typeof(LineMergeTests), nameof(LineMergeTests.Merge_EveryLineOfBothSides_IsInTheResultOrInTheConflict)),
        (18, "links", typeof(DocumentPathTests), nameof(DocumentPathTests.Check_LinkAtAnyComponent_IsRefused)),
        (18, "link swapped in between check and use", typeof(DocumentPathTests), nameof(DocumentPathTests.StillStands_FolderExchangedForALink_IsFalse)),
        (18, "case twins", typeof(ChangeScannerTests), nameof(ChangeScannerTests.Scan_NamesThatDifferInCase_AreReported)),
        (18, "worktree, submodule", typeof(RandomRepositoryTests), nameof(RandomRepositoryTests.Apply_AnyRepositoryState_TouchesNothingElse)),
        (19, "branch switched in an update", typeof(StepFaultTests), nameof(StepFaultTests.BranchSwitchedAway_AtAnyStep_NothingIsCreatedThere)),
        (19, "checkout away and back", typeof(ChangeWatcherTests), nameof(ChangeWatcherTests.Checkout_BranchWithoutOpenSpecAndBack_LosesAndRepeatsNothing)),
        (20, "evil paths", typeof(DocumentPathTests), nameof(DocumentPathTests.TryParse_EvilPath_IsRefusedWithAPrintableReason)),
        (21, "prompt injection", typeof(InjectionTests), nameof(InjectionTests.Daemon_EveryAttackWithAModelThatObeys_WritesNothingOutsideForgesNothingAndShowsIt)),
        (22, "a human saves at any step", typeof(StepFaultTests), nameof(StepFaultTests.HumanSaves_AtAnyStep_NoByteIsLost)),
        (22, "a human saves at any time", typeof(InterleavingTests), nameof(InterleavingTests.AnyInterleaving_NoHumanByteIsLostAndEveryUpdateIsInTheFileOrReported)),
        (23, "index.lock held", typeof(DocumentManagerTests), nameof(DocumentManagerTests.Run_IndexLocked_WaitsWithHealthAndGoesOnByItself)),
        (24, "merge, rebase, bisect, …", typeof(RepositoryStateTests), nameof(RepositoryStateTests.Apply_OperationInProgress_WaitsAndGoesOnAfterwards)),
        (24, "hook that hangs", typeof(RepositoryStateTests), nameof(RepositoryStateTests.Apply_HookHangs_IsKilledWithItsChildren)),
        (25, "staged, half staged, intent to add", typeof(RandomRepositoryTests), nameof(RandomRepositoryTests.Apply_AnyRepositoryState_TouchesNothingElse)),
        (25, "ignored document", typeof(RepositoryStateTests), nameof(RepositoryStateTests.Apply_IgnoredDocument_IsWrittenAndLeftOut)),
        (27, "two daemons", typeof(InstanceLockTests), nameof(InstanceLockTests.Acquire_Second_IsRefusedAndNamesTheFirst)),
        (27, "stopped at any step", typeof(StepFaultTests), nameof(StepFaultTests.HostStops_AtAnyStep_TheNextStartFinishes)),
    ];

    [Fact]
    public void Index_EveryFault_HasATest()
    {
        output.WriteLine("| no. | fault | test |\n|---|---|---|");
        foreach (var (number, fault, tests, test) in s_index)
        {
            Assert.NotNull(tests.GetMethod(test)!.GetCustomAttribute<FactAttribute>());
            output.WriteLine($"| {number} | {fault} | {tests.Name}.{test} |");
        }

        Assert.Equal([.. Enumerable.Range(1, 10), .. Enumerable.Range(14, 12), 27], s_index.Select(row => row.Number).Distinct());
    }
}
