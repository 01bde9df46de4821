import Converters
import Domain
import Testing

@testable import Pipeline
@testable import SyncLedger

/// Where the list of all converters and what stands elsewhere have to agree.
@Suite struct RegistryAndLedgerTests {
    @Test func theLedgerLooksForCostsAmongAllKindsThatAreReadAsSuch() {
        for entity in [Entity.directCosts, .contractPayments] {
            let read = allConverters.filter { $0.entity == entity }.flatMap { $0.reads }
            #expect(Set(Books.importedKinds[entity] ?? []) == Set(read), "\(entity.rawValue)")
        }
    }

    @Test func whatIsReadFromQuickBooksIsAskedForByOnePull() {
        for converter in allConverters {
            // QuickBooks answers no query for paychecks: reports tell of them.
            for kind in converter.reads where kind != .paycheck {
                #expect(
                    PullSubject.allCases.filter { $0.kinds.contains(kind) }.count == 1,
                    "\(kind.rawValue), which \(converter.name) reads")
            }
        }
    }
}
