import Domain
@testable import DropFolder
import Glibc
import SyncLedger
import Testing

@testable import Pipeline

/// What becomes of a round in which a step throws.
@Suite struct RoundFateTests {
    private struct Mistake: Error {}

    @Test(arguments: RoundStep.allCases) func whatTheMachineRefusesEndsTheRoundInEveryStep(step: RoundStep) {
        let full = SystemError("write", "/books", errno: ENOSPC)
        guard case .ends(.paused(let fault, isShort: false)) = RoundFate(full, in: step) else {
            Issue.record("A full disk is met by every step.")
            return
        }
        #expect(fault.remedy == "Make room on the disk that holds /books.")
    }

    @Test(arguments: RoundStep.allCases) func missingFoldersEndItForASecond(step: RoundStep) {
        guard case .ends(.paused(_, isShort: true)) = RoundFate(FoldersMissing(folders: []), in: step) else {
            Issue.record("A share may be back at once.")
            return
        }
    }

    @Test(arguments: RoundStep.allCases) func whoeverLostTheRootIsOut(step: RoundStep) {
        guard
            case .ends(.ownerLost) = RoundFate(
                OwnerLock.Owned(description: "Another machine has it.", isHere: false), in: step)
        else {
            Issue.record("Another machine owns the root.")
            return
        }
    }

    @Test(arguments: RoundStep.allCases) func aMistakeOfOursEndsItOnlyInAStepThatOthersBuildOn(step: RoundStep) {
        let alone: [RoundStep] = [.decisions, .retry, .command, .review, .pull, .connector, .telling, .news, .prune]
        switch RoundFate(Mistake(), in: step) {
        case .goesOn(let what):
            #expect(alone.contains(step))
            #expect(
                what
                    == "Plumbline met an error of its own (\(step.rawValue)) and took back what it had begun: Mistake()"
            )
        case .ends(.paused): #expect(!alone.contains(step))
        case .ends(.ownerLost): Issue.record("Nobody else has the root.")
        }
    }
}
